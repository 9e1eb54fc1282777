using Reranker.Grains.Tests.Cluster.Fakes;
using Reranker.Inference.Scoring;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A request that ends early ends its work on the workers.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task A_deadline_ends_the_request_and_its_work()
    {
        var worker = Samples.Worker();
        worker.Script = FakeScoringWorker.Silent;
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        // On a busy machine a deadline may pass before the worker has anything.
        do
        {
            Assert.Equal(RerankOutcome.Expired, (await cluster.RerankAsync("q", ["a"], milliseconds: 300)).Outcome);
        }
        while (worker.Works.IsEmpty);

        await Until.TrueAsync(() => worker.Cancelled == worker.Works.Count);
    }

    [Fact]
    public async Task Work_that_expires_on_one_worker_is_cancelled_on_the_others()
    {
        FakeScoringWorker expired = Samples.Worker(0), silent = Samples.Worker(1);
        foreach (var worker in new[] { expired, silent })
        {
            worker.TokensPerSecond = 10_000;
        }

        silent.Script = FakeScoringWorker.Silent;
        expired.Script = async (_, cancellationToken) =>
        {
            await Until.TrueAsync(() => !silent.Works.IsEmpty);
            return new WorkResult { Outcome = WorkOutcome.Expired };
        };
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[expired, silent]],
            Dispatch = o => (o.Seed, o.MinAttemptTimeout) = (1, TimeSpan.FromSeconds(20)),
        });

        Assert.Equal(RerankOutcome.Expired, (await cluster.RerankAsync("q", Samples.Passages)).Outcome);
        await Until.TrueAsync(() => silent.Cancelled == 1);
    }

    [Fact]
    public async Task The_callers_cancellation_reaches_the_worker()
    {
        var worker = Samples.Worker();
        worker.Script = FakeScoringWorker.Silent;
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);
        using var cancellation = new CancellationTokenSource();
        var request = new RerankRequest { Query = "q", Passages = ["a"], RemainingMilliseconds = 60_000 };
        var calls = Enumerable.Range(0, 20).Select(shard => cluster.Shard(shard).RerankAsync(request, cancellation.Token)).ToArray();
        await Until.TrueAsync(() => worker.Works.Count == calls.Length);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
        await Until.TrueAsync(() => worker.Cancelled == calls.Length);
    }
}
