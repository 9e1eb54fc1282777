using Reranker.ClusterKit;

namespace Reranker.Cluster.Tests.Faults;

/// <summary>What befalls a cluster while requests come all the time. The longer drills are in a project of their own.</summary>
public sealed class BusyClusterTests(DrillCluster drill) : IClassFixture<DrillCluster>
{
    [Fact(Timeout = 120_000)]
    public async Task A_silo_that_is_killed_and_started_again_costs_no_request()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var load = await drill.LoadAsync(cancellation);

        var victim = drill.Cluster.Silos[1];
        await victim.KillAsync(cancellation);
        await victim.StartAsync(cancellation);
        await load.MoreAsync(60, cancellation);

        Assert.Equal("", await load.StopAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_that_are_cancelled_free_their_queued_work()
    {
        const int Requests = 500;
        const int Passages = 20;
        var cancellation = TestContext.Current.CancellationToken;
        await drill.StartAsync(cancellation);
        using var http = new HttpClient();
        var before = await ScoredAsync(cancellation);

        var body = $$"""{"query":"q","texts":[{{string.Join(',', Enumerable.Range(0, Passages).Select(static i => $"\"text {i}\""))}}]}""";
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(async i =>
        {
            using var impatience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            impatience.CancelAfter(TimeSpan.FromMilliseconds(20));
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            try
            {
                using var response = await http.PostAsync(new Uri(drill.Cluster.Gateways[i % 2].Url, "/rerank"), content, impatience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
            }
        }));

        // The next requests are answered behind whatever the cancelled ones left.
        await using var load = await drill.LoadAsync(cancellation);
        Assert.Equal("", await load.StopAsync());
        Assert.InRange(await ScoredAsync(cancellation) - before, 1, Requests * Passages / 2);
    }

    private async Task<double> ScoredAsync(CancellationToken cancellation)
    {
        double pairs = 0;
        foreach (var silo in drill.Cluster.Silos.Where(static s => !s.Process.HasExited))
        {
            pairs += await silo.MetricAsync("reranker_batch_pairs_total", cancellation);
        }

        return pairs;
    }
}
