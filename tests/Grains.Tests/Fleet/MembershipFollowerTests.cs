using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Grains.Tests.Rollout.Fakes;
using Reranker.Grains.Workers;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Fleet;

/// <summary>A silo goes on following its cluster whatever an update, a subscription or a question throws.</summary>
public sealed class MembershipFollowerTests : IDisposable
{
    private static readonly SiloAddress Local = SiloAddress.New(IPAddress.Loopback, 11_111, 1);
    private static readonly SiloAddress Remote = SiloAddress.New(IPAddress.Loopback, 22_222, 1);
    private static readonly SiloAddress Third = SiloAddress.New(IPAddress.Loopback, 33_333, 1);

    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly CapturingLoggerProvider _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subscription_that_breaks_or_ends_is_made_again(bool breaks)
    {
        var membership = new Membership(Local)
        {
            Updates = (subscription, stop) => subscription < 4 ? BrokenAsync(breaks) : LastAsync(stop),
        };
        var fleet = View();
        using var monitor = Monitor(fleet, membership);
        using var lifecycle = await Lifecycle.StartAsync(monitor);

        await AdvanceUntilAsync(() => fleet.Silos == 3);

        Assert.Equal(4, membership.Subscriptions);
        Assert.Equal(3, _log.Lines.Count(l => l.Contains("2003", StringComparison.Ordinal)));
        await lifecycle.StopAsync();
    }

    [Fact]
    public async Task A_membership_that_is_gone_for_an_hour_fills_no_log()
    {
        var membership = new Membership(Local) { Updates = (_, _) => throw new InvalidOperationException("gone") };
        using var monitor = Monitor(View(), membership);
        using var lifecycle = await Lifecycle.StartAsync(monitor);
        var start = _time.GetTimestamp();

        await AdvanceUntilAsync(() => _time.GetElapsedTime(start) > TimeSpan.FromHours(1), step: 30);

        Assert.InRange(membership.Subscriptions, 30, 1000);
        Assert.InRange(_log.Lines.Count(l => l.Contains("2003", StringComparison.Ordinal)), 1, 100);
        await lifecycle.StopAsync();
    }

    private static async IAsyncEnumerable<ClusterMembershipSnapshot> BrokenAsync(bool breaks)
    {
        yield return Membership.Of(Local, Remote);
        await Task.Yield();
        if (breaks)
        {
            throw new InvalidOperationException("the table cannot be read");
        }
    }

    private static async IAsyncEnumerable<ClusterMembershipSnapshot> LastAsync([EnumeratorCancellation] CancellationToken stop)
    {
        yield return Membership.Of(Local, Remote, Third);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
    }

    private Task AdvanceUntilAsync(Func<bool> condition, int step = 5) => Until.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(step));
        return condition();
    });

    private FleetView View() => new(
        FakeGrains.Create((_, _) => new SilentSilo()),
        new WorkerRegistry(new FakeWorkerHost([], [])),
        new LocalSilo(Local),
        new DirectiveStore(),
        new RandomSource(new Random(1)),
        _time,
        Options.Create(new FleetOptions()),
        new Logger<FleetView>(new LoggerFactory([_log])));

    private MembershipFollower Monitor(FleetView fleet, Membership membership) => new(
        fleet, membership, new LocalSilo(Local), new RandomSource(new Random(1)), _time, Options.Create(new FleetOptions()), new Logger<MembershipFollower>(new LoggerFactory([_log])));

    private sealed class SilentSilo : ISiloWorkersGrain
    {
        public Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken) => Task.FromException<SiloDescription>(new TimeoutException());
    }
}
