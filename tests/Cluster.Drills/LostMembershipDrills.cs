using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;

namespace Reranker.Cluster.Drills;

/// <summary>What becomes of a cluster whose store has lost it.</summary>
public sealed class LostMembershipDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const int WorkersOfSilo = 2;

    [Theory(Timeout = 120_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task A_store_that_lost_its_data_has_the_cluster_again_and_a_silo_that_starts_then_joins_it(string clustering)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        await cluster.StartAsync(silos: 2, gateways: 1, cancellation);
        foreach (var silo in cluster.Silos)
        {
            await silo.WaitForMetricAsync("reranker_cluster_membership_lost", cancellation);
        }

        await store.EmptyAsync(cancellation);
        var newcomer = cluster.AddSilo();
        await newcomer.StartAsync(cancellation);
        await cluster.Gateways[0].WaitForWorkersAsync(3 * WorkersOfSilo, cancellation);

        foreach (var silo in cluster.Silos)
        {
            await silo.WaitUntilReadyAsync(cancellation);
            Assert.Equal(0, await silo.MetricAsync("reranker_cluster_membership_lost", cancellation));
        }

        double written = 0;
        foreach (var silo in cluster.Silos)
        {
            written += await silo.MetricAsync("reranker_cluster_membership_restored_total", cancellation);
        }

        Assert.Equal(2, written);
        Assert.Contains(cluster.Silos, static s => s.Process.Output.Contains("has lost the entries of this cluster", StringComparison.Ordinal));
        await using var load = Load.Start(cluster.Gateways, await KnownScores.CreateAsync(model.Folder, cancellation));
        await load.MoreAsync(10, cancellation);
        Assert.Equal("", await load.StopAsync());
    }
}
