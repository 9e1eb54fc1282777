using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;

namespace Reranker.Cluster.Drills;

/// <summary>A silo on a machine whose clock is wrong.</summary>
public sealed class WrongClockDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private static readonly (string, string)[] TwoHoursAhead = [("LD_PRELOAD", Library), ("FAKETIME", "+2h"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];

    [Fact(Timeout = 180_000)]
    public async Task A_member_whose_clock_is_ahead_harms_no_silo_that_starts_beside_it_is_not_ready_and_comes_back_when_it_is_right()
    {
        Assert.SkipUnless(File.Exists(Library), "There is no libfaketime on this machine (Debian: apt-get install libfaketime).");
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.CreateAny();
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);

        // Alone it cannot know whose clock is wrong, and starts.
        var wrong = cluster.AddSilo();
        wrong.Variables = TwoHoursAhead;
        await wrong.StartAsync(cancellation);
        var (second, third) = (cluster.AddSilo(), cluster.AddSilo());
        await second.StartAsync(cancellation);
        await third.StartAsync(cancellation);

        // Gateways mind neither that clock nor their own, and use what the silo scores.
        var (right, ahead) = (cluster.AddGateway(), cluster.AddGateway());
        ahead.Variables = TwoHoursAhead;
        await right.StartAsync(cancellation);
        await ahead.StartAsync(cancellation);
        await using var load = Load.Start(cluster.Gateways, await KnownScores.CreateAsync(model.Folder, cancellation));
        while (await wrong.MetricAsync("reranker_batch_pairs_total", cancellation) == 0 || await third.MetricAsync("reranker_batch_pairs_total", cancellation) == 0)
        {
            await load.MoreAsync(10, cancellation);
        }

        string text;
        do
        {
            (_, text) = await wrong.AskAsync("/health/ready", cancellation);
            await Task.Delay(200, cancellation);
        }
        while (!text.Contains("clock is wrong", StringComparison.Ordinal));
        Assert.Equal(1, await wrong.MetricAsync("reranker_cluster_clock_wrong", cancellation));
        Assert.InRange(await wrong.MetricAsync("reranker_cluster_clock_store_offset_seconds", cancellation), -7_210, -7_190);

        // Beside others that agree it does not join again while it is wrong; nobody minds that its last entry is from later today.
        await wrong.KillAsync(cancellation);
        await wrong.LaunchAsync();
        do
        {
            (_, text) = await wrong.AskAsync("/health/ready", cancellation);
            await Task.Delay(200, cancellation);
        }
        while (!text.Contains("its clock to be set right", StringComparison.Ordinal));
        await wrong.KillAsync(cancellation);
        wrong.Variables = [];
        await wrong.StartAsync(cancellation);
        Assert.True(await second.IsReadyAsync(cancellation));
        Assert.True(await third.IsReadyAsync(cancellation));
        await load.MoreAsync(30, cancellation);
        Assert.Equal("", await load.StopAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(RedisServer.Redis)]
    [InlineData(PostgreSqlServer.PostgreSql)]
    public async Task A_server_whose_clock_was_ahead_comes_back_at_its_own_address_when_it_is_right(string clustering)
    {
        Assert.SkipUnless(File.Exists(Library), "There is no libfaketime on this machine (Debian: apt-get install libfaketime).");
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(clustering);
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var server = cluster.AddServer();
        server.Variables = TwoHoursAhead;
        await server.StartAsync(cancellation);
        await server.KillAsync(cancellation);

        server.Variables = [];
        await server.StartAsync(cancellation);
        await using var load = Load.Start([server], await KnownScores.CreateAsync(model.Folder, cancellation));
        await load.MoreAsync(10, cancellation);
        Assert.Equal("", await load.StopAsync());
        Assert.DoesNotContain(server.Process.Output.Split('\n'), static line => line.Contains("fail:", StringComparison.Ordinal));
    }
}
