using Reranker.ClusterKit;

namespace Reranker.Cluster.Drills;

/// <summary>What an operator's bad days do to requests: nothing. Every request of these tests must get all of its right scores.</summary>
public sealed class FaultDrills(DrillCluster drill) : IClassFixture<DrillCluster>
{
    [Fact(Timeout = 120_000)]
    public async Task A_silo_that_hangs_until_it_is_declared_dead_costs_no_request_and_ends_with_its_own_exit_code()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var load = await drill.LoadAsync(cancellation);

        // Other drills may have added a silo of two workers.
        var alive = drill.Cluster.Silos.Count(static s => !s.Process.HasExited);
        var victim = drill.Cluster.Silos[2];
        await victim.Process.SignalAsync("STOP");
        foreach (var gateway in drill.Cluster.Gateways)
        {
            await gateway.WaitForWorkersAsync(2 * (alive - 1), cancellation);
        }

        await victim.Process.SignalAsync("CONT");
        Assert.Equal(4, await victim.Process.WaitForExitAsync(cancellation));
        Assert.Equal("", victim.Process.Error);
        Assert.Single(victim.Process.Output.Split('\n'), static line => line.Contains("declared it dead", StringComparison.Ordinal));

        await victim.StartAsync(cancellation);
        await load.MoreAsync(30, cancellation);
        Assert.Equal("", await load.StopAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rolling_restart_of_every_process_with_impatient_signals_costs_no_request()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var load = await drill.LoadAsync(cancellation);

        foreach (var node in drill.Cluster.Silos.Concat(drill.Cluster.Gateways))
        {
            await node.Process.SignalAsync("TERM");
            await node.Process.SignalAsync("TERM");
            Assert.Equal(0, await node.Process.WaitForExitAsync(cancellation));
            Assert.DoesNotContain("Unhandled exception", node.Process.Error, StringComparison.Ordinal);
            await node.StartAsync(cancellation);
        }

        await load.MoreAsync(30, cancellation);
        Assert.Equal("", await load.StopAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_go_on_without_the_membership_store_and_a_silo_that_starts_meanwhile_joins_when_it_is_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var load = await drill.LoadAsync(cancellation);

        await drill.Store.KillAsync(cancellation);
        var newcomer = drill.Cluster.AddSilo();
        await newcomer.LaunchAsync();
        await newcomer.Process.WaitForLineAsync("the silo waits until it does", cancellation);
        await load.MoreAsync(60, cancellation);

        await drill.Store.StartAsync(cancellation);
        await newcomer.WaitUntilReadyAsync(cancellation);

        // Its workers carry their share, and requests enter the cluster through it.
        while (await newcomer.MetricAsync("reranker_batch_pairs_total", cancellation) == 0
            || await newcomer.MetricAsync("reranker_requests_total", cancellation) == 0)
        {
            await load.MoreAsync(5, cancellation);
        }

        Assert.Equal("", await load.StopAsync());
        await newcomer.Process.SignalAsync("TERM");
        Assert.Equal(0, await newcomer.Process.WaitForExitAsync(cancellation));
    }
}
