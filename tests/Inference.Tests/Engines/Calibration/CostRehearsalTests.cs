using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Calibration;
using Reranker.TestKit.Clocks;

namespace Reranker.Inference.Tests.Engines.Calibration;

public sealed class CostRehearsalTests
{
    private static readonly CostLimits Limits = new(MaxPairTokens: 512, MaxBatchPairs: 64, MaxBatchTokens: 4096, Lanes: 1);

    [Fact]
    public void A_table_that_is_too_fast_for_natural_lengths_is_right_after_the_rehearsal()
    {
        var time = new SynchronizedTime();
        var lane = new TimedLane(time, microsecondsPerToken: 1.2);
        var cost = CostModels.Create(
            new CostTable { Key = "", Form = CostForm.Packed, Points = [new CostPoint(1, 128, 128), new CostPoint(32, 128, 4096)] }, Limits);

        CostRehearsal.RunAndObserveBatches(lane, cost, Limits, vocabulary: 100, time);

        Assert.InRange(cost.PredictMicroseconds([100, 400, 300, 200]), 1150, 1250);
        Assert.InRange(lane.Most, 3500, Limits.MaxBatchTokens);
        Assert.InRange(lane.Least, 1, Limits.MaxBatchTokens / 20);
    }

    [Theory]
    [InlineData(8, 1, 8)]
    [InlineData(5, 256, 16)]
    public void Batches_keep_to_the_limits_whatever_they_are(int maxPairTokens, int maxBatchPairs, int maxBatchTokens)
    {
        var time = new SynchronizedTime();
        var limits = new CostLimits(maxPairTokens, maxBatchPairs, maxBatchTokens, 1);
        var cost = CostModels.Create(new CostTable { Key = "", Form = CostForm.Packed, Points = [new CostPoint(1, 5, 5)] }, limits);
        var lane = new TimedLane(time, microsecondsPerToken: 1);

        CostRehearsal.RunAndObserveBatches(lane, cost, limits, vocabulary: 100, time);

        Assert.InRange(lane.Most, 1, maxBatchTokens);
        Assert.InRange(lane.Longest, 1, maxPairTokens);
        Assert.InRange(lane.MostPairs, 1, maxBatchPairs);
    }

    private sealed class TimedLane(FakeTimeProvider time, double microsecondsPerToken) : IEngineLane
    {
        public int Most { get; private set; }

        public int Least { get; private set; } = int.MaxValue;

        public int Longest { get; private set; }

        public int MostPairs { get; private set; }

        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            var tokens = 0;
            foreach (var pair in pairs)
            {
                tokens += pair.Length;
                Longest = Math.Max(Longest, pair.Length);
            }

            MostPairs = Math.Max(MostPairs, pairs.Length);
            Most = Math.Max(Most, tokens);
            Least = Math.Min(Least, tokens);
            time.Advance(TimeSpan.FromMicroseconds(tokens * microsecondsPerToken));
        }

        public void Dispose()
        {
        }
    }
}
