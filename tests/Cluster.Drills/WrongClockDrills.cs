using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;

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
    }
}
