using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A silo that stops disposes what its last requests still need.</summary>
public sealed class StoppingSiloTests
{
    [Fact]
    public async Task A_request_that_meets_something_disposed_is_told_to_go_elsewhere()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        var tokenizer = new HookedTokenizer(_ => throw new ObjectDisposedException("the tokenizer"));
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = [FakeModel.Default.ToCatalog() with { Tokenizer = tokenizer }],
        });

        var reply = await cluster.RerankAsync("q", ["a"]);

        Assert.Equal((RerankOutcome.Unavailable, "The silo is stopping."), (reply.Outcome, reply.Error));
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task Any_other_defect_is_a_failure_that_does_not_say_what_it_was_given()
    {
        var tokenizer = new HookedTokenizer(_ => throw new InvalidOperationException("secret passage"));
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[new FakeScoringWorker(FakeModel.Default)]],
            Catalog = [FakeModel.Default.ToCatalog() with { Tokenizer = tokenizer }],
        });

        var reply = await cluster.RerankAsync("q", ["a"]);

        Assert.Equal(RerankOutcome.Failed, reply.Outcome);
        Assert.DoesNotContain("secret", reply.Error, StringComparison.Ordinal);
        Assert.Contains(cluster.Log.Lines, l => l.Contains(nameof(InvalidOperationException), StringComparison.Ordinal));
        Assert.DoesNotContain(cluster.Log.Lines, l => l.Contains("secret passage", StringComparison.Ordinal));
    }
}
