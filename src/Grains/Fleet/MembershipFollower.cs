using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Grains.Logging;
using Reranker.Grains.Primitives;

namespace Reranker.Grains.Fleet;

/// <summary>
/// Follows the cluster's membership: forgets the workers of silos that are not active, and asks new silos for theirs
/// until they answer. A silo that has not answered yet is not one without workers.
/// </summary>
internal sealed partial class MembershipFollower(
    FleetView fleet,
    IClusterMembershipService membership,
    ILocalSiloDetails localSilo,
    RandomSource random,
    TimeProvider time,
    IOptions<FleetOptions> options,
    ILogger<MembershipFollower> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<SiloAddress, CancellationTokenSource> _silos = [];
    private Task _loop = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle)
        // One stage after the local workers are loaded, before the silo becomes active and requests arrive.
        => lifecycle.Subscribe(nameof(MembershipFollower), ServiceLifecycleStage.ApplicationServices + 1, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await fleet.LearnSiloAsync(localSilo.SiloAddress, cancellationToken);
        _loop = Task.Run(() => FollowMembershipAsync(_stop.Token), CancellationToken.None);
        _listening = Task.Run(() => AskRandomSilosAsync(_stop.Token), CancellationToken.None);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loop, _listening).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // A subscription that breaks, or ends while the silo does not, is made again; what it missed is in its first snapshot.
    private async Task FollowMembershipAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            Exception? error = null;
            var start = time.GetTimestamp();
            try
            {
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellationToken))
                {
                    TakeSnapshot(snapshot);
                }
            }
            catch (Exception e)
            {
                error = e;
            }

            if (!cancellationToken.IsCancellationRequested)
            {
                // Every subscription starts with a snapshot, so only one that lasted counts as whole.
                pause = time.GetElapsedTime(start) > LongestPause ? FirstPause : pause;
                LogFollowingFailed(error, pause.TotalSeconds);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause < LongestPause / 2 ? pause * 2 : LongestPause;
            }
        }
    }

    private void TakeSnapshot(ClusterMembershipSnapshot snapshot)
    {
        // Two updates may carry the same version, so the content is compared, not the version.
        var active = snapshot.Members.Values
            .Where(m => m.Status == SiloStatus.Active || m.SiloAddress.Equals(localSilo.SiloAddress))
            .Select(m => m.SiloAddress)
            .Append(localSilo.SiloAddress)
            .ToHashSet();
        fleet.ForgetOtherSilos(active);

        foreach (var gone in _silos.Keys.Where(s => !active.Contains(s)).ToArray())
        {
            _silos.Remove(gone, out var learning);
            learning!.Cancel();
        }

        foreach (var silo in active)
        {
            if (!silo.Equals(localSilo.SiloAddress) && !_silos.ContainsKey(silo))
            {
                // Linked sources live as long as the silo does and hold no timer: cancelling is all they need.
                var learning = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _silos.Add(silo, learning);
                _ = Task.Run(() => LearnSiloAsync(silo, learning.Token), CancellationToken.None);
            }
        }
    }

    private async Task LearnSiloAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        for (var failures = 0; !cancellationToken.IsCancellationRequested; failures++)
        {
            try
            {
                await fleet.LearnSiloAsync(silo, cancellationToken);
                return;
            }
            catch (Exception e)
            {
                LogSilent(e, silo, failures + 1);
            }

            await Task.Delay(options.Value.DescribeInterval, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What a silo serves changes while it runs. It says so, but a message may be lost: so one is asked now and then.
    private async Task AskRandomSilosAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.ReviseInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var others = fleet.Current.Workers.Where(w => !w.IsLocal).Select(w => w.Key.Silo).Distinct().ToArray();
            if (others.Length == 0 || cancellationToken.IsCancellationRequested)
            {
                continue;
            }

            var silo = others[random.Next(others.Length)];
            try
            {
                await fleet.LearnSiloAsync(silo, cancellationToken);
            }
            catch (Exception e)
            {
                LogSilent(e, silo, 1);
            }
        }
    }

    [LoggerMessage(GrainsEventIds.SiloSilent, LogLevel.Debug, "Silo {Silo} does not describe its workers, try {Try}")]
    private partial void LogSilent(Exception exception, SiloAddress silo, int @try);

    [LoggerMessage(GrainsEventIds.MembershipLost, LogLevel.Error, "Membership is not followed any more; in {Seconds:F0} s it is tried again")]
    private partial void LogFollowingFailed(Exception? exception, double seconds);
}
