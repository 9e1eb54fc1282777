using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Workers;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Cluster;
using Reranker.TestKit.Engines;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>Callers that go away take their queued work with them, from the client down to the device's queue.</summary>
public sealed class CancelStormTests
{
    private const int Requests = 1_000;
    private static readonly string[] Passages = [.. Enumerable.Range(0, 8).Select(i => $"passage {i}")];

    [Fact]
    public async Task A_thousand_cancelled_requests_leave_nothing_in_the_queue_and_cost_no_batch()
    {
        // The device holds its first batch until the test lets it go, so everything else has to wait.
        var engine = new ManualEngine(
            TestEngines.Describe(maxBatchPairs: 8, identity: FakeModel.Default.Identity) with { VocabularySize = 70_000 },
            new LinearCost(1));
        await using var device = new ScoringWorker(
            0, [engine], new WorkerOptions(), new WorkerGroup(), TimeProvider.System, NullLogger<ScoringWorker>.Instance);
        var worker = new FakeScoringWorker(FakeModel.Default) { Script = device.ScoreAsync };
        await using var cluster = await RerankerTestCluster.StartAsync([], [worker]);
        var first = cluster.RerankAsync("q", Passages, shard: 0);
        var held = await engine.NextRunAsync();

        using var callers = new CancellationTokenSource();
        var request = new RerankRequest { Query = "q", Passages = Passages, RemainingMilliseconds = 60_000 };
        var calls = Enumerable.Range(0, Requests).Select(i => cluster.Shard(i % 64).RerankAsync(request, callers.Token)).ToArray();
        await Until.TrueAsync(() => worker.Works.Count == Requests + 1 && device.Status.QueuedTokens > 0);
        await callers.CancelAsync();

        await Task.WhenAll(calls.Select(c => Assert.ThrowsAnyAsync<OperationCanceledException>(() => c)));
        await Until.TrueAsync(() => device.Status.QueuedTokens == 0);
        held.Complete();
        engine.LetAllGo();
        Assert.Equal(RerankOutcome.Ok, (await first).Outcome);
        Assert.Equal(RerankOutcome.Ok, (await cluster.RerankAsync("q", Passages)).Outcome);

        // Two requests were wanted, and beside them at most the batch that was formed ahead has run.
        Assert.InRange(engine.Pairs, 2 * Passages.Length, 3 * Passages.Length);
    }
}
