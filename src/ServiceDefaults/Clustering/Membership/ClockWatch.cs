using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>Compares this machine's clock with those of the membership store and of the other members, and says what differs.</summary>
internal sealed partial class ClockWatch(IMembershipStore store, TimeProvider time, ILogger<ClockWatch> logger)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly MemberClocks _members = new();
    private long? _logged;

    /// <summary>Compares them once more.</summary>
    /// <param name="others">The entries of the other active members.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    public async Task<ClockVerdict> CompareClocksAsync(IEnumerable<MembershipEntry> others, CancellationToken cancellationToken)
    {
        _members.UpdateOffsets(time.GetUtcNow(), others);
        var verdict = new ClockVerdict(await MeasureStoreOffsetAsync(cancellationToken).ConfigureAwait(false), _members.Offsets);
        ClusterTelemetry.RecordVerdict(verdict);
        ReportVerdict(verdict);
        return verdict;
    }

    private async Task<ClockOffset?> MeasureStoreOffsetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var asked = time.GetTimestamp();
            var stores = await store.ReadTimeAsync(cancellationToken).ConfigureAwait(false);
            var half = time.GetElapsedTime(asked) / 2;
            return new ClockOffset(stores + half - time.GetUtcNow(), half) is { IsKnown: true } offset ? offset : null;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is away, which others say, or does not tell its time to our user. Then the members' clocks must do.
            return null;
        }
    }

    private void ReportVerdict(ClockVerdict verdict)
    {
        if (!verdict.StoreDiffers && !verdict.Differing.Any())
        {
            _logged = null;
            return;
        }

        if (_logged is { } last && time.GetElapsedTime(last) < LogInterval)
        {
            return;
        }

        _logged = time.GetTimestamp();
        if (verdict.IsOwnWrong)
        {
            LogOwnClock(verdict.Describe());
            return;
        }

        if (verdict.StoreDiffers)
        {
            LogStoreClock(verdict.Store!.Value.Ahead.TotalSeconds);
        }

        foreach (var (silo, offset) in verdict.Differing)
        {
            LogMemberClock(silo, offset.Ahead.TotalSeconds);
        }
    }

    [LoggerMessage(ServiceEventIds.OwnClock, LogLevel.Error, "This machine's clock is wrong: it is {Difference}; the silo is not ready until it is set right")]
    private partial void LogOwnClock(string difference);

    [LoggerMessage(ServiceEventIds.StoreClock, LogLevel.Warning, "The membership store's clock is {Seconds:0.0} s ahead of this machine's (negative: behind); the clocks must be synchronized")]
    private partial void LogStoreClock(double seconds);

    [LoggerMessage(ServiceEventIds.MemberClock, LogLevel.Warning, "The clock of silo {Silo} is {Seconds:0.0} s ahead of this machine's (negative: behind); the clocks must be synchronized")]
    private partial void LogMemberClock(SiloAddress silo, double seconds);
}
