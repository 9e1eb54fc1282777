using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Scripted;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>An engine that fails every run for as long as the test wants, and poisoned pairs always.</summary>
internal sealed class FailingEngine : IInferenceEngine
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private volatile bool _fails;
    private volatile bool _givesNothing;
    private int _runs;

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    /// <summary>True while every pair gets no number.</summary>
    public bool GivesNothing
    {
        get => _givesNothing;
        set => _givesNothing = value;
    }

    /// <summary>Runs that have begun.</summary>
    public int Runs => Volatile.Read(ref _runs);

    public EngineDescription Description { get; } = TestEngines.Describe();

    public ICostModel Cost { get; } = new LinearCost(1);

    public void Hold() => _open.Reset();

    public void LetGo() => _open.Set();

    public IEngineLane CreateLane() => new Lane(this);

    public void Dispose() => _open.Dispose();

    private sealed class Lane(FailingEngine engine) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            Interlocked.Increment(ref engine._runs);
            engine._open.Wait();
            if (engine.Fails)
            {
                throw new EngineException(EngineFault.Batch, "the device fails");
            }

            for (var i = 0; i < pairs.Length; i++)
            {
                if (pairs[i].Span.Contains(Works.Poison))
                {
                    throw new EngineException(EngineFault.Batch, "poison");
                }

                logits[i] = engine.GivesNothing ? float.NaN : ScriptedScore.ComputeScore(pairs[i].Span);
            }
        }

        public void Dispose()
        {
        }
    }
}
