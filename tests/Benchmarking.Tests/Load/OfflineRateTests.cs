using Reranker.Benchmarking.Load;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.TestKit.Engines;

namespace Reranker.Benchmarking.Tests.Load;

public sealed class OfflineRateTests
{
    [Fact]
    public void A_run_that_fails_on_another_lane_s_thread_fails_the_measurement()
    {
        using var engine = new HalfBroken();
        ReadOnlyMemory<int>[] pairs = [.. Enumerable.Repeat((ReadOnlyMemory<int>)new int[500], 2 * HalfBroken.WarmUpRuns)];

        var error = Assert.Throws<EngineException>(() => OfflineRate.MeasureRates(engine, pairs, seconds: 60, TimeProvider.System));

        Assert.Equal(EngineFault.OutOfMemory, error.Fault);
    }

    /// <summary>Two lanes, of which the second fails; the first, once warm, goes on when the second was asked.</summary>
    private sealed class HalfBroken : IInferenceEngine
    {
        public const int WarmUpRuns = 4;

        private readonly DescribedEngine _inner = new(CostForm.Packed, maxPairs: 64, maxTokens: 1024);
        private readonly ManualResetEventSlim _asked = new();
        private int _lanes;
        private int _runs;

        public EngineDescription Description => _inner.Description with { Lanes = 2 };

        public ICostModel Cost => _inner.Cost;

        public IEngineLane CreateLane() => new Lane(this, isBroken: _lanes++ == 1);

        public void Dispose()
        {
            _inner.Dispose();
            _asked.Dispose();
        }

        private sealed class Lane(HalfBroken engine, bool isBroken) : IEngineLane
        {
            public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
            {
                if (isBroken)
                {
                    engine._asked.Set();
                    throw new EngineException(EngineFault.OutOfMemory, "no memory");
                }

                if (engine._runs++ >= WarmUpRuns)
                {
                    engine._asked.Wait(TimeSpan.FromSeconds(30));
                }
            }

            public void Dispose()
            {
            }
        }
    }
}
