using Reranker.Inference.Workers;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>What a request gets from a cluster: right scores in its own order, or one clear outcome.</summary>
public sealed class RerankTests
{
    private static readonly string[] Passages = [.. Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 1 + (i * 37 % 90)) + i)];

    private static float[] Expected(string query, string[] passages)
        => [.. passages.Select(p => FakeScoringWorker.Score(FakePairTokenizer.Pair(query, p)))];

    private static FakeScoringWorker Worker(int ordinal = 0) => new(FakeModel.Default) { Ordinal = ordinal };

    [Fact]
    public async Task Scores_come_in_the_order_of_the_request()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker()]);

        var reply = await cluster.RerankAsync("query", Passages);

        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.Equal(Expected("query", Passages), reply.Logits);
        Assert.Equal(Passages.Select(p => p.Length + 5 + 4), reply.PairTokens);
        Assert.Equal("1111", reply.ModelIdentity);
    }

    [Fact]
    public async Task A_request_is_spread_over_idle_workers_of_several_silos()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([Worker(0), Worker(1)], [Worker()], []);
        foreach (var worker in cluster.Workers)
        {
            worker.TokensPerSecond = 10_000;
        }

        foreach (var shard in Enumerable.Range(0, 12))
        {
            var reply = await cluster.RerankAsync("query", Passages, shard);
            Assert.Equal(Expected("query", Passages), reply.Logits);
        }

        Assert.All(cluster.Workers, w => Assert.NotEmpty(w.Works));
    }

    [Fact]
    public async Task A_busy_worker_is_passed_over()
    {
        FakeScoringWorker busy = Worker(0), free = Worker(1);
        busy.Script = FakeScoringWorker.Always(WorkOutcome.Busy);
        await using var cluster = await RerankerTestCluster.StartAsync([busy, free]);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Expected("q", Passages), (await cluster.RerankAsync("q", Passages)).Logits);
        }

        Assert.NotEmpty(busy.Works);
    }
}
