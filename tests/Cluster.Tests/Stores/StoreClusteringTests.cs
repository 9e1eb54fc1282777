using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;
using Reranker.TestKit.Processes;

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

    [Theory(Timeout = 120_000)]
    [InlineData(RedisServer.Redis, ",password=a-wrong-secret")]
    [InlineData(PostgreSqlServer.PostgreSql, ";Database=no_such_database;Password=a-wrong-secret")]
    public async Task A_store_that_refuses_what_is_configured_ends_silo_and_gateway_with_one_sentence(string clustering, string wrong)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await store.StartAsync(cancellation);
        if (clustering == RedisServer.Redis)
        {
            var port = store.ConnectionString.Split(':')[1];
            await using var client = ProgramProcess.StartTool("redis-cli", ["-p", port, "config", "set", "requirepass", "another"]);
            Assert.Equal(0, await client.WaitForExitAsync(cancellation));
        }

        var settings = new Dictionary<string, string>
        {
            ["Reranker__Models__0"] = model.Folder,
            ["Reranker__Clustering"] = clustering,
            ["Reranker__Cluster__ConnectionString"] = store.ConnectionString + wrong,
            ["Reranker__Cluster__SiloPort"] = LoopbackPorts.Take().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Reranker__Cluster__GatewayPort"] = LoopbackPorts.Take().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        };
        foreach (var program in (string[])["Reranker.Silo.dll", "Reranker.Gateway.dll"])
        {
            await using var process = ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, program), [], environment: settings);

            Assert.Equal(1, await process.WaitForExitAsync(cancellation));
            Assert.Contains("Reranker:Cluster:ConnectionString", Assert.Single(process.Error.Trim().Split('\n')), StringComparison.Ordinal);
            Assert.DoesNotContain("a-wrong-secret", process.Error + process.Output, StringComparison.Ordinal);
        }
    }
}
