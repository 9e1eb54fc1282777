using Reranker.Cluster.Tests.Drills;

namespace Reranker.Cluster.Tests.Stores;

/// <summary>A cluster whose membership is in a real Redis or PostgreSQL server.</summary>
public sealed class StoreClusteringTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Theory(Timeout = 120_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task Processes_that_start_before_their_store_serve_when_it_is_there(string clustering)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var (gateway, silo) = (cluster.AddGateway(), cluster.AddSilo());
        await gateway.LaunchAsync();
        await silo.LaunchAsync();
        await silo.Process.WaitForLineAsync("the silo waits until it does", cancellation);
        await gateway.Process.WaitForLineAsync("No silo of the cluster can be reached", cancellation);
        Assert.False(await gateway.IsReadyAsync(cancellation));

        await store.StartAsync(cancellation);
        await silo.WaitUntilReadyAsync(cancellation);
        await gateway.WaitUntilReadyAsync(cancellation);
        await using var load = Load.Start(cluster.Gateways, await KnownScores.CreateAsync(model.Folder, cancellation));
        await load.MoreAsync(10, cancellation);
        Assert.Equal("", await load.StopAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task A_silo_that_waits_for_its_store_stops_on_a_signal(string clustering)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var silo = cluster.AddSilo();
        await silo.LaunchAsync();
        await silo.Process.WaitForLineAsync("the silo waits until it does", cancellation);

        await silo.Process.SignalAsync("TERM");
        await silo.Process.WaitForExitAsync(cancellation);
        Assert.DoesNotContain("Unhandled exception", silo.Process.Error, StringComparison.Ordinal);
    }
}
