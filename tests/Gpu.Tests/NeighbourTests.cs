using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Gpu.Tests;

/// <summary>What one engine of a process does to another; skipped with the engine's own reason where it does not work.</summary>
public sealed class NeighbourTests : IDisposable
{
    private const double Tolerance = 0.02;
    private const int Loads = 5;

    private static readonly ModelShape Shape =
        TinyCheckpoints.Shape(layers: 2, heads: 4, headSize: 32, feedForward: 256, vocabulary: 500, positions: 258);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>Whoever loads captures; whoever runs allocates and frees, and asks whether the device still works.</summary>
    [Theory]
    [InlineData(EngineKind.Cuda)]
    [InlineData(EngineKind.TensorRt)]
    public async Task Models_that_come_and_go_beside_one_that_runs_cost_it_nothing(EngineKind kind)
    {
        Import();
        using var engine = LoadOrSkip(kind);
        using var stop = new CancellationTokenSource();
        var reference = new ReferenceModel(_temp["checkpoint"]);
        var runs = 0;
        var running = Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var lane = engine.CreateLane();
                    for (var i = 0; i < 50; i++)
                    {
                        var pair = Pair(i);
                        var logits = new float[1];
                        lane.Run([pair], logits);
                        Assert.Equal(reference.Score(pair), logits[0], Tolerance);
                        Assert.False(GpuFaults.IsLost(CudaDriver.Instance, 0));
                    }

                    Interlocked.Increment(ref runs);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        for (var i = 0; i < Loads; i++)
        {
            using var other = LoadOrSkip(EngineKind.Cuda);
            using var lane = other.CreateLane();
            var logits = new float[1];
            lane.Run([Pair(7)], logits);
            Assert.Equal(reference.Score(Pair(7)), logits[0], Tolerance);
        }

        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, runs);
    }

    [Fact]
    public void Page_locked_memory_that_grows_holds_what_is_written_to_it()
    {
        Import();
        using var engine = LoadOrSkip(EngineKind.Cuda, new CudaOptions { MaxBatchTokens = 1024, GraphTokens = 0 });
        using var lane = engine.CreateLane();
        var reference = new ReferenceModel(_temp["checkpoint"]);

        // 4,096 cells have their place from the start; this one has 100 × 256, and the next ones fewer and more.
        foreach (var (shortOnes, longest) in ((int, int)[])[(99, 256), (10, 100), (150, 256)])
        {
            int[][] pairs = [.. Enumerable.Range(0, shortOnes).Select(_ => Pair(2)), Pair(longest)];
            var logits = new float[pairs.Length];

            lane.Run([.. pairs.Select(p => new ReadOnlyMemory<int>(p))], logits);

            Assert.All(pairs.Zip(logits), p => Assert.Equal(reference.Score(p.First), p.Second, Tolerance));
        }
    }

    private void Import()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], Shape, seed: 17);
        var import = new ImportOptions { Precision = ModelPrecision.Fp16, Name = "tiny" };
        CheckpointImporter.ImportAsync(_temp["checkpoint"], _temp["model"], import, null, CancellationToken.None).GetAwaiter().GetResult();
    }

    private EngineOptions Options(EngineKind kind) => new()
    {
        Engine = kind,
        CalibrationTime = TimeSpan.FromSeconds(1),
        TensorRt = new TensorRtOptions { EngineCache = _temp["engines"] },
    };

    private IInferenceEngine LoadOrSkip(EngineKind kind, CudaOptions? cuda = null)
    {
        try
        {
            return EngineFactory.CreateDefault(NullLoggerFactory.Instance)
                .Load(ModelFolder.Open(_temp["model"]), Options(kind) with { Cuda = (cuda ?? new CudaOptions()) with { MeasurementCache = _temp["cuda"] } });
        }
        catch (EngineUnavailableException e)
        {
            Assert.Skip(e.Reason);
            throw;
        }
    }

    private static int[] Pair(int length)
        => [.. Enumerable.Range(0, Math.Max(1, length)).Select(i => i == 0 ? 0 : 2 + ((31 * i) % (Shape.Vocabulary - 2)))];
}
