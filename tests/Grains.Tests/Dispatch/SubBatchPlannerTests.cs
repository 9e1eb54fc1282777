using CsCheck;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Primitives;
using Reranker.Grains.Wire;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class SubBatchPlannerTests
{
    private static readonly DispatchOptions Options = new();

    private static readonly Gen<PairSizes> Work =
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 3_000].Array[1, 400], Gen.Bool)
            .Select((query, passages, wide) => Sizes(query, passages, wide ? (byte)4 : (byte)2));

    private static readonly Gen<WorkerCandidate> Worker =
        Gen.Select(Gen.Double[0, 0.2], Gen.Double[1_000, 1_000_000], Gen.Bool).Select((start, rate, local) => new WorkerCandidate(start, rate, local));

    private static readonly Gen<WorkerCandidate[]> Candidates = Worker.Array[1, 40];

    [Fact]
    public void Every_passage_is_in_exactly_one_sub_batch()
        => Gen.Select(Work, Candidates, Gen.Int).Sample((work, candidates, seed) =>
        {
            var plan = Create(work, candidates, seed);

            Assert.Equal(Enumerable.Range(0, work.PairTokens.Length), plan.SubBatches.SelectMany(s => s.Passages).Order());
            Assert.Equal(Enumerable.Range(0, plan.SubBatches.Length), plan.SubBatches.Select(s => s.Index));
            Assert.All(plan.SubBatches, s =>
            {
                Assert.NotEmpty(s.Passages);
                Assert.Equal(s.Passages.Sum(p => (long)work.PairTokens[p]), s.Tokens);
            });
        });

    [Fact]
    public void A_plan_in_parts_is_the_same_with_each_share_cut_further()
        => Gen.Select(Work, Candidates, Gen.Int).Sample((work, candidates, seed) =>
        {
            var whole = Create(work, candidates, seed);
            var parts = SubBatchPlanner.CreatePlan(work, candidates, Options, new RandomSource(new Random(seed)), inParts: true);

            Assert.Equal((whole.ExpectedSeconds, whole.MinSeconds, whole.Workers), (parts.ExpectedSeconds, parts.MinSeconds, parts.Workers));
            Assert.Equal(ListPlaces(whole), ListPlaces(parts));
            foreach (var share in parts.SubBatches.GroupBy(static s => s.Candidate))
            {
                var rate = candidates[share.Key].TokensPerSecond;
                var most = rate * Math.Max(0.1, share.Sum(static s => s.Tokens) / rate / 16) * (1 + 1e-9);
                Assert.All(share, s => Assert.True(s.Passages.Length == 1 || s.Tokens <= most));
                Assert.True(share.Count() <= 33 + (2 * whole.SubBatches.Count(s => s.Candidate == share.Key)));
            }
        });

    [Fact]
    public void No_sub_batch_is_larger_than_a_message_may_be()
        => Gen.Select(Work, Candidates, Gen.Int).Sample((work, candidates, seed) =>
        {
            foreach (var subBatch in Create(work, candidates, seed).SubBatches)
            {
                var tokens = work.QueryTokens + subBatch.Passages.Sum(p => (long)work.PassageTokens[p]);
                Assert.True(tokens * work.BytesPerId <= Limits.MaxScoreRequestBytes);
                Assert.True(subBatch.Tokens <= PairPacking.MaxJoinedTokens);
            }
        });

    [Fact]
    public void A_split_is_never_expected_later_than_the_better_of_two_single_workers()
        => Gen.Select(Work, Worker.Array[1, 2], Gen.Int).Sample((work, candidates, seed) =>
        {
            var plan = Create(work, candidates, seed);
            var tokens = work.PairTokens.Sum(t => (long)t);

            Assert.True(plan.ExpectedSeconds <= candidates.Min(c => c.EstimateFinish(tokens)) * (1 + 1e-9));
        });

    [Fact]
    public void The_expected_time_is_that_of_the_worker_that_ends_last()
        => Gen.Select(Work, Candidates, Gen.Int).Sample((work, candidates, seed) =>
        {
            var plan = Create(work, candidates, seed);
            var last = plan.SubBatches.GroupBy(s => s.Candidate).Max(g => candidates[g.Key].EstimateFinish(g.Sum(s => s.Tokens)));

            Assert.Equal(last, plan.ExpectedSeconds, 1e-9 * Math.Max(1, last));
            Assert.Equal(plan.Workers, plan.SubBatches.Select(s => s.Candidate).Distinct().Count());
        });

    [Fact]
    public void Idle_workers_share_a_request()
    {
        var plan = Create(Sizes(10, Enumerable.Repeat(100, 64).ToArray(), 4), Same(8, start: 0.0003, rate: 100_000), 1);

        Assert.Equal(8, plan.Workers);
        Assert.All(plan.SubBatches, s => Assert.Equal(8, s.Passages.Length));
    }

    [Fact]
    public void A_loaded_fleet_keeps_a_request_whole()
    {
        var plan = Create(Sizes(10, Enumerable.Repeat(100, 64).ToArray(), 4), Same(8, start: 2, rate: 100_000), 1);

        Assert.Equal(1, plan.Workers);
    }

    [Fact]
    public void One_worker_gets_one_sub_batch_as_long_as_it_fits_a_message()
        => Assert.Single(Create(Sizes(10, Enumerable.Repeat(120, 1_000).ToArray(), 4), Same(1, 0, 1_000), 1).SubBatches);

    [Fact]
    public void Work_too_small_to_pay_for_the_way_is_not_split()
        => Assert.Equal(1, Create(Sizes(2, [3, 3], 4), Same(8, start: 0.0003, rate: 1_000_000), 1).Workers);

    [Fact]
    public void A_local_worker_is_preferred_when_all_else_is_equal()
    {
        // Among many: a sample that happened to leave it out would send the work over the network.
        var candidates = Same(64, start: 0.0003, rate: 1_000_000);
        candidates[37] = new WorkerCandidate(0.00002, 1_000_000, IsLocal: true);

        Assert.All(Enumerable.Range(0, 50), seed => Assert.Equal(37, Assert.Single(Create(Sizes(2, [10], 4), candidates, seed).SubBatches).Candidate));
    }

    [Fact]
    public void A_local_worker_with_a_queue_is_passed_over()
    {
        var candidates = Same(64, start: 0.0003, rate: 1_000_000);
        candidates[37] = new WorkerCandidate(0.05, 1_000_000, IsLocal: true);

        Assert.All(Enumerable.Range(0, 50), seed => Assert.NotEqual(37, Assert.Single(Create(Sizes(2, [10], 4), candidates, seed).SubBatches).Candidate));
    }

    [Fact]
    public void Different_seeds_choose_different_workers_of_an_idle_fleet()
    {
        var candidates = Same(64, start: 0.0003, rate: 1_000_000);
        var chosen = Enumerable.Range(0, 200).Select(seed => Create(Sizes(2, [10], 4), candidates, seed).SubBatches[0].Candidate).Distinct();

        Assert.True(chosen.Count() > 32);
    }

    private static DispatchPlan Create(PairSizes work, WorkerCandidate[] candidates, int seed)
        => SubBatchPlanner.CreatePlan(work, candidates, Options, new RandomSource(new Random(seed)));

    private static IEnumerable<(int Candidate, int Passage)> ListPlaces(DispatchPlan plan)
        => plan.SubBatches.SelectMany(static s => s.Passages.Select(passage => (s.Candidate, passage)));

    private static WorkerCandidate[] Same(int count, double start, double rate)
        => Enumerable.Repeat(new WorkerCandidate(start, rate), count).ToArray();

    private static PairSizes Sizes(int query, int[] passages, byte bytesPerId)
        => new(query, passages, Array.ConvertAll(passages, p => p + query + 4), bytesPerId);
}
