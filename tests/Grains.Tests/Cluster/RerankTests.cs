using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What a request gets from a cluster: right scores in its own order, or one clear outcome.</summary>
public sealed class RerankTests
{
    [Fact]
    public async Task Scores_come_in_the_order_of_the_request()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker()]);

        var reply = await cluster.RerankAsync("query", Samples.Passages);

        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.Equal(Samples.Expected("query", Samples.Passages), reply.Logits);
        Assert.Equal(Samples.Passages.Select(p => p.Length + 5 + 4), reply.PairTokens);
        Assert.Equal("1111", reply.ModelIdentity);
    }

    [Fact]
    public async Task A_request_is_spread_over_idle_workers_of_several_silos()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker(0), Samples.Worker(1)], [Samples.Worker()], []);
        foreach (var worker in cluster.Workers)
        {
            worker.TokensPerSecond = 10_000;
        }

        foreach (var shard in Enumerable.Range(0, 12))
        {
            var reply = await cluster.RerankAsync("query", Samples.Passages, shard);
            Assert.Equal(Samples.Expected("query", Samples.Passages), reply.Logits);
        }

        Assert.All(cluster.Workers, w => Assert.NotEmpty(w.Works));
    }

    [Fact]
    public async Task A_model_is_named_by_name_or_identity_or_not_at_all()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker()]);

        foreach (var model in (string?[])["mini", "1111", null])
        {
            Assert.Equal((model, RerankOutcome.Ok), (model, (await cluster.RerankAsync("q", ["a"], model: model)).Outcome));
        }

        foreach (var model in (string[])["no-such-model", ""])
        {
            Assert.Equal((model, RerankOutcome.UnknownModel), (model, (await cluster.RerankAsync("q", ["a"], model: model)).Outcome));
        }
    }

    [Fact]
    public async Task A_wrong_request_is_told_so()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker()]);

        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("", ["a"])).Outcome);
        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("q", [])).Outcome);
        Assert.Equal(RerankOutcome.Invalid, (await cluster.RerankAsync("q", [null!])).Outcome);
        Assert.Equal(RerankOutcome.Expired, (await cluster.RerankAsync("q", ["a"], milliseconds: 0)).Outcome);
        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", [""])).Outcome);
    }

    [Fact]
    public async Task Too_long_a_pair_is_cut_and_reported_or_refused()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker()]);
        var request = new RerankRequest { Query = "q", Passages = ["short", new string('x', 600)], RemainingMilliseconds = 30_000 };

        var cut = await cluster.Shard(0).RerankAsync(request, TestContext.Current.CancellationToken);
        var refused = await cluster.Shard(0).RerankAsync(
            request with { Truncation = new TruncationOptions { Allowed = false } }, TestContext.Current.CancellationToken);

        Assert.Equal([10, 512], cut.PairTokens);
        Assert.Equal([0, 93], cut.CutTokens!);
        Assert.Equal(RerankOutcome.TooLong, refused.Outcome);
    }

    [Fact]
    public async Task A_request_of_thousands_of_passages_comes_back_whole()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker(0), Samples.Worker(1)], [Samples.Worker()]);
        var many = Enumerable.Range(0, 10_000).Select(i => new string((char)('a' + (i % 26)), i % 400)).ToArray();

        var reply = await cluster.RerankAsync("query", many);

        Assert.Equal(Samples.Expected("query", many), reply.Logits);
        Assert.True(reply.Timings.SubBatches > 1);
    }

    [Fact]
    public async Task The_fleet_is_described_to_the_edge()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Samples.Worker(0), Samples.Worker(1)], []);

        var fleet = await cluster.FleetAsync();

        var model = Assert.Single(fleet.Models);
        Assert.Equal(("mini", "1111", 2), (model.Name, model.Identity, model.ReadyWorkers));
        Assert.Equal(2, fleet.Workers.Length);
        Assert.Equal(2, fleet.Hint.ReadyWorkers);
        Assert.Equal(2_000_000, fleet.Hint.TokensPerSecond, 1);
    }

    [Fact]
    public async Task A_slow_model_on_a_worker_says_nothing_of_a_fast_one()
    {
        var slow = new FakeModel("slow", "2222");
        FakeScoringWorker Worker(int ordinal) => new(FakeModel.Default, slow)
        {
            Ordinal = ordinal,
            ModelScript = static (identity, status) => identity == "2222"
                ? status with { TokensPerSecond = 1_000, Backlog = TimeSpan.FromMinutes(5) }
                : status,
        };
        await using var cluster = await RerankerTestCluster.StartAsync(
            new TestClusterSettings { Silos = [[Worker(0), Worker(1)]], Catalog = [FakeModel.Default.ToCatalog(), slow.ToCatalog()] });

        var fleet = await cluster.FleetAsync();
        Assert.Equal(fleet.Models.Select(m => m.Identity), fleet.Hints!.Select(h => h.ModelIdentity));
        var hints = fleet.Hints!.ToDictionary(h => h.ModelIdentity!);
        Assert.Equal((2_000_000, 0), (hints["1111"].TokensPerSecond, hints["1111"].ExpectedWaitMilliseconds));
        Assert.Equal(2_000, hints["2222"].TokensPerSecond);
        Assert.InRange(hints["2222"].ExpectedWaitMilliseconds, 290_000, 300_000);

        // What the slow one cannot do in its time is refused, and the same is done by the fast one on the same worker.
        string[] passages = [.. Enumerable.Range(0, 100).Select(i => new string('x', 100) + i)];
        var late = await cluster.RerankAsync("q", passages, milliseconds: 3_000, model: "slow");
        Assert.Equal((RerankOutcome.Busy, "2222"), (late.Outcome, late.Hint.ModelIdentity));
        var done = await cluster.RerankAsync("q", passages, milliseconds: 3_000);
        Assert.Equal((RerankOutcome.Ok, "1111"), (done.Outcome, done.Hint.ModelIdentity));
    }
}
