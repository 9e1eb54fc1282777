using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Calibration;

namespace Reranker.TestKit.Engines;

/// <summary>An engine with limits and costs; its logit is a function of the ids, and of the batch where a test asks for that.</summary>
public sealed class DescribedEngine : IInferenceEngine
{
    private readonly Func<int, int, float> _fault;

    /// <summary>Describes the engine.</summary>
    /// <param name="form">Form of the costs.</param>
    /// <param name="maxPairs">Most pairs of a run.</param>
    /// <param name="maxTokens">Most tokens of a run.</param>
    /// <param name="fault">Added to a logit, from the pair's index and the number of pairs in the run.</param>
    /// <param name="maxPairTokens">Tokens of the longest pair.</param>
    public DescribedEngine(CostForm form, int maxPairs, int maxTokens, Func<int, int, float>? fault = null, int maxPairTokens = 512)
    {
        _fault = fault ?? ((_, _) => 0);
        Description = new EngineDescription
        {
            ModelName = "described",
            ModelIdentity = "described",
            Precision = "fp16",
            ExecutionProvider = form.ToString(),
            Device = "none",
            RuntimeVersion = "none",
            MaxPairTokens = maxPairTokens,
            VocabularySize = 1000,
            MaxBatchPairs = maxPairs,
            MaxBatchTokens = maxTokens,
            Lanes = 1,
        };
        var points = CostGrid.ListPaddedShapes(Description.ToCostLimits(), 8).Select(s => new CostPoint(s.Rows, s.Length, 2000 + (1.5 * s.Rows * s.Length)));
        Cost = CostModels.Create(new CostTable { Key = "", Form = form, Points = [.. points] }, Description.ToCostLimits());
    }

    /// <inheritdoc/>
    public EngineDescription Description { get; }

    /// <inheritdoc/>
    public ICostModel Cost { get; }

    /// <summary>How long a run takes, without computing.</summary>
    public TimeSpan RunTime { get; init; }

    /// <summary>Its lanes can stage.</summary>
    public bool Stages { get; init; }

    /// <inheritdoc/>
    public IEngineLane CreateLane() => Stages ? new StagingLane(new Lane(_fault, RunTime)) : new Lane(_fault, RunTime);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Lane(Func<int, int, float> fault, TimeSpan runTime) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            if (runTime > TimeSpan.Zero)
            {
                CancellationToken.None.WaitHandle.WaitOne(runTime);
            }

            for (var i = 0; i < pairs.Length; i++)
            {
                var sum = 0;
                foreach (var id in pairs[i].Span)
                {
                    sum = ((sum * 31) + id) % 1000;
                }

                logits[i] = (sum / 100f) + fault(i, pairs.Length);
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class StagingLane(Lane lane) : IStagingLane
    {
        private ReadOnlyMemory<int>[] _staged = [];

        public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs) => _staged = pairs.ToArray();

        public void RunStaged(Span<float> logits) => lane.Run(_staged, logits);

        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits) => lane.Run(pairs, logits);

        public void Dispose() => lane.Dispose();
    }
}
