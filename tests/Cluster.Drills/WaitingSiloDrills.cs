using System.Net;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;

namespace Reranker.Cluster.Drills;

/// <summary>A silo that cannot join yet is alive, not ready, and says what it waits for.</summary>
public sealed class WaitingSiloDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Theory(Timeout = 60_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task A_silo_that_waits_for_its_store_is_alive_and_says_so(string clustering)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var silo = cluster.AddSilo();
        await silo.LaunchAsync();
        await silo.Process.WaitForLineAsync("the silo waits until it does", cancellation);

        Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/health/live", cancellation)).Status);
        var (status, text) = await silo.AskAsync("/health/ready", cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("waits for its membership store", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/metrics", cancellation)).Status);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_silo_that_waits_to_join_is_alive_and_says_so()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.CreateAny();
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var hung = cluster.AddSilo();
        await hung.StartAsync(cancellation);
        await hung.Process.SignalAsync("STOP");

        var silo = cluster.AddSilo();
        await silo.LaunchAsync();
        string text;
        do
        {
            (_, text) = await silo.AskAsync("/health/ready", cancellation);
            Assert.False(silo.Process.HasExited, silo.Process.Error);
        }
        while (!text.Contains("waits for the silos of the cluster", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, (await silo.AskAsync("/health/live", cancellation)).Status);
        await hung.Process.SignalAsync("CONT");
        await silo.WaitUntilReadyAsync(cancellation);
    }
}
