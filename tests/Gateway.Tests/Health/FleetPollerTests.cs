using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Client;
using Reranker.Fleet;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Health;
using Reranker.Gateway.Tests.Fakes;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Health;

/// <summary>One exception must not end what tells a gateway that its fleet is there.</summary>
public sealed class FleetPollerTests
{
    public static TheoryData<Exception> Surprises =>
    [
        new InvalidOperationException("a bug"),
        new ObjectDisposedException("client"),
        new OperationCanceledException("nobody asked for it"),
        new TimeoutException("late"),
    ];

    [Theory]
    [MemberData(nameof(Surprises))]
    public async Task It_asks_again_after_an_exception_that_nobody_foresaw(Exception surprise)
    {
        var fleet = new FailingFleet(surprise);
        var time = new SynchronizedTime();
        var logs = new RecordingLoggerProvider();
        using var loggers = new LoggerFactory([logs]);
        using var lifetime = new Lifetime();
        using var poller = new FleetPoller(
            fleet, lifetime.Of, Options.Create(new GatewayOptions()), time, loggers.CreateLogger<FleetPoller>());
        await poller.StartAsync(TestContext.Current.CancellationToken);

        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return fleet.Asked >= 20;
        });
        Assert.False(poller.IsReady);
        Assert.False(poller.ExecuteTask!.IsCompleted);
        Assert.Equal(1, logs.Messages.Count(m => m.Contains("does not answer", StringComparison.Ordinal)));

        fleet.Failure = null;
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return poller.IsReady;
        });
        await poller.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(poller.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task It_is_not_ready_from_the_moment_on_at_which_no_silo_can_be_reached()
    {
        var fleet = new ScriptedFleet();
        using var lifetime = new Lifetime();
        using var poller = new FleetPoller(
            fleet, lifetime.Of, Options.Create(new GatewayOptions()), new SynchronizedTime(), NullLogger<FleetPoller>.Instance);
        await poller.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.True(poller.IsReady);

        fleet.IsReachable = false;
        Assert.False(poller.IsReady);
    }

    private sealed class Lifetime : IDisposable
    {
        public ApplicationLifetime Of { get; } = new(NullLogger<ApplicationLifetime>.Instance);

        public void Dispose() => Of.StopApplication();
    }

    private sealed class FailingFleet(Exception failure) : IFleetInfo
    {
        private int _asked;

        public Exception? Failure { get; set; } = failure;

        public int Asked => Volatile.Read(ref _asked);

        public bool IsReachable => true;

        public FleetHint? FindHint(string? model) => null;

        public Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Failure is { } e ? Task.FromException<FleetInfo>(e) : Task.FromResult(new ScriptedFleet().Info!);
        }
    }
}
