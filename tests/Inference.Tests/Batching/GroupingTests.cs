using CsCheck;
using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Tests.Workers;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Batching;

public sealed class GroupingTests
{
    private static readonly IPaddedCostModel Cost = (IPaddedCostModel)CostModels.Create(
        new CostTable
        {
            Key = "",
            Form = CostForm.Padded,

            // 100 µs a run and 1 µs a token, but no gain below 32 tokens.
            Points = [.. from rows in (int[])[1, 4, 16] from length in (int[])[32, 64, 256] select new CostPoint(rows, length, 100 + (rows * length))],
        },
        new CostLimits(MaxPairTokens: 256, MaxBatchPairs: 16, MaxBatchTokens: 2048, Lanes: 1));

    [Fact]
    public void No_other_cut_of_the_sorted_lengths_is_faster()
        => Gen.Select(Gen.Int[1, 256].Array[1, 10], Gen.Int[1, 6], Gen.Int[100, 2048], Gen.Double[150, 2000]).Sample(
            (lengths, maxPairs, maxTokens, target) =>
            {
                Array.Sort(lengths);
                var limits = new BatchLimits(maxPairs, maxTokens, target);
                Assert.Equal(BruteForce(lengths, limits), new LengthGrouping().FindFastestGroups(lengths, Cost, limits), 6);
            },
            seed: "0000KlVgIHS5");

    [Fact]
    public void Groups_cover_every_position_within_the_limits()
        => Gen.Int[1, 256].Array[1, 60].Sample(
            lengths =>
            {
                Array.Sort(lengths);
                var grouping = new LengthGrouping();
                grouping.FindFastestGroups(lengths, Cost, new BatchLimits(8, 1024, 5000));
                for (var i = 0; i < lengths.Length; i++)
                {
                    var group = grouping.FindGroup(i, lengths.Length);
                    var rows = group.End.Value - group.Start.Value;
                    Assert.InRange(i, group.Start.Value, group.End.Value - 1);
                    Assert.InRange(rows, 1, 8);
                    Assert.True(rows == 1 || rows * lengths[group.End.Value - 1] <= 1024);
                }
            },
            seed: "0000KlVgIHS5");

    [Fact]
    public void The_pair_whose_turn_it_is_goes_with_those_of_like_length()
    {
        var queue = Queue();
        Add(queue, [200, 10, 11, 190, 12, 210]);
        var batch = new Batch(16);
        new GroupedBatchFormer(Cost, window: 64).FormBatch(queue, batch, new BatchLimits(16, 2048, 15_000));

        Assert.Equal([190, 200, 210], batch.Lengths.ToArray().Order());
        Assert.Equal(33, queue.WaitingTokens);
    }

    [Fact]
    public void A_pair_that_would_miss_its_latest_start_goes_first()
    {
        var queue = Queue();
        Add(queue, [200, 200]);
        Add(queue, [10], remaining: TimeSpan.FromMicroseconds(300));
        var batch = new Batch(16);
        new GroupedBatchFormer(Cost, window: 64).FormBatch(queue, batch, new BatchLimits(16, 2048, 15_000));
        Assert.Equal([10], batch.Lengths.ToArray());
    }

    [Fact]
    public void Every_pair_comes_out_once()
        => Gen.Int[1, 256].Array[1, 120].Sample(
            lengths =>
            {
                var queue = Queue();
                Add(queue, lengths);
                var former = new GroupedBatchFormer(Cost, window: 32);
                var seen = new List<int>();
                var batch = new Batch(16);
                while (queue.WaitingTokens > 0)
                {
                    batch.Clear();
                    former.FormBatch(queue, batch, new BatchLimits(16, 2048, 3000));
                    Assert.InRange(batch.Count, 1, 16);
                    seen.AddRange(batch.Pairs.ToArray().Select(p => p.Index));
                }

                Assert.Equal(Enumerable.Range(0, lengths.Length), seen.Order());
            },
            seed: "0000KlVgIHS5");

    [Theory]
    [InlineData(500_000, 100)]
    [InlineData(0, 15)]
    public void Where_a_run_costs_more_than_its_target_whatever_is_in_it_a_batch_shares_that_cost(double microsecondsPerBatch, int pairs)
    {
        var queue = Queue();
        Add(queue, Works.Lengths(1000, 10));
        var batch = new Batch(100);

        new BudgetBatchFormer(new LinearCost(100, microsecondsPerBatch)).FormBatch(queue, batch, new BatchLimits(100, 8192, 15_000));

        Assert.Equal(pairs, batch.Count);
    }

    [Fact]
    public void Where_a_padded_run_costs_more_than_its_target_whatever_is_in_it_a_batch_shares_that_cost()
    {
        var queue = Queue();
        Add(queue, Works.Lengths(240, 10));
        var batch = new Batch(16);

        new GroupedBatchFormer(new FixedCost(500_000), window: 240).FormBatch(queue, batch, new BatchLimits(16, 2048, 15_000));

        Assert.Equal(16, batch.Count);
    }

    [Fact]
    public void Where_a_prediction_throws_nothing_of_the_window_is_lost()
    {
        var queue = Queue();
        Add(queue, [10, 20, 30]);
        var batch = new Batch(16);
        var former = new GroupedBatchFormer(new FixedCost(0) { Throws = true }, window: 64);

        Assert.Throws<InvalidOperationException>(() => former.FormBatch(queue, batch, new BatchLimits(16, 2048, 15_000)));

        Assert.Equal((0, 60), (batch.Count, queue.WaitingTokens));
        new GroupedBatchFormer(Cost, window: 64).FormBatch(queue, batch, new BatchLimits(16, 2048, 15_000));
        Assert.Equal([0, 1, 2], batch.Pairs.ToArray().Select(p => p.Index).Order());
    }

    [Fact]
    public void A_hundred_thousand_pairs_wait_and_leave()
    {
        var queue = Queue();
        for (var i = 0; i < 100; i++)
        {
            Add(queue, Works.Lengths(1000, 8), tenant: $"{i % 10}");
        }

        Assert.Equal(800_000, queue.WaitingTokens);
        var batch = new Batch(64);
        var former = new BudgetBatchFormer(Cost);
        var count = 0;
        while (queue.WaitingTokens > 0)
        {
            batch.Clear();
            former.FormBatch(queue, batch, new BatchLimits(64, 8192, 1e9));
            count += batch.Count;
        }

        Assert.Equal(100_000, count);
    }

    // 100 µs a token, padding counted, and a fixed time a run.
    private sealed class FixedCost(double microsecondsPerBatch) : IPaddedCostModel
    {
        private readonly LinearCost _cost = new(100, microsecondsPerBatch);

        public bool Throws { get; init; }

        public double TokensPerSecond => _cost.TokensPerSecond;

        public double PredictMicroseconds(ReadOnlySpan<int> pairLengths) => _cost.PredictMicroseconds(pairLengths);

        public double PredictMicroseconds(int rows, int length)
            => Throws ? throw new InvalidOperationException("no prediction") : microsecondsPerBatch + (100 * rows * length);

        public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
        {
        }
    }

    private static ModelQueue Queue()
        => new(new QueueLimits(long.MaxValue, double.MaxValue, Quantum: 100), new MonotonicClock(new SynchronizedTime()));

    private static void Add(ModelQueue queue, int[] lengths, TimeSpan? remaining = null, string tenant = "")
    {
        var work = Works.Of(lengths, tenant: tenant, remaining: remaining);
        var deadline = MonotonicClock.ToMicroseconds(work.Remaining);
        Assert.True(queue.TryAdd(new QueuedItem(work, 0, deadline, deadline, static (_, _) => { }), default));
    }

    private static double BruteForce(ReadOnlySpan<int> lengths, BatchLimits limits)
    {
        if (lengths.IsEmpty)
        {
            return 0;
        }

        var best = double.PositiveInfinity;
        for (var rows = 1; rows <= lengths.Length; rows++)
        {
            var longest = lengths[^1];
            var time = Cost.PredictMicroseconds(rows, longest);
            var most = Math.Max(limits.TargetMicroseconds, 2 * Cost.PredictMicroseconds(1, longest));
            if (rows == 1 || (rows <= limits.MaxPairs && rows * longest <= limits.MaxTokens && time <= most))
            {
                best = Math.Min(best, time + BruteForce(lengths[..^rows], limits));
            }
        }

        return best;
    }
}
