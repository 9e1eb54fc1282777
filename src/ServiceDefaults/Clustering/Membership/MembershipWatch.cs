using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Looks into the membership store every few seconds. A change that nobody told this silo is passed on to Orleans, which by itself
/// looks once a minute: a silo that others cannot reach learns so that it was declared dead. A store that has lost the cluster gets it
/// back: a silo that came later would form another one, and gateways would use only that. And clocks are compared.
/// </summary>
internal sealed partial class MembershipWatch(
    StoredMembership stored,
    IMembershipStore store,
    MembershipRestore restore,
    ClockWatch clocks,
    MembershipHealth health,
    StartProgress start,
    IServiceProvider services,
    TimeProvider time,
    ILogger<MembershipWatch> logger) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const string Lost = "The membership store has lost the entries of this cluster, and they could not be written again yet";

    // How often it waits for a member, whose entry it does not know, to write that itself.
    private const int MaxWaits = 3;

    private IReadOnlyCollection<MembershipEntry> _members = [];
    private int _waits;
    private bool _lost;

    /// <summary>Looks once.</summary>
    public async Task CheckAndRestoreTableAsync(SiloAddress own, IClusterMembershipService membership, CancellationToken cancellationToken)
    {
        // What Orleans knows is asked first: it may learn something new while the table is read.
        var known = membership.CurrentSnapshot.Version;
        var found = await ReadTableAsync(known, own, cancellationToken);
        ClusterTelemetry.Unreachable.Record(0);
        if (found is not { } table)
        {
            await RestoreTableAsync(membership, own, cancellationToken);
            return;
        }

        ReportTablePresent();
        _members = [.. StoredMembership.FindActive(table, but: null)];
        if (table.Version.Version > known.Value)
        {
            await membership.Refresh(new MembershipVersion(table.Version.Version), cancellationToken);
        }

        var verdict = await clocks.CompareClocksAsync(StoredMembership.FindActive(table, but: own), cancellationToken);
        health.SetClockFault(verdict.IsOwnWrong ? $"This machine's clock is wrong: it is {verdict.Describe()}." : null);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Ended.WaitAsync(stoppingToken);
        var own = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var membership = services.GetRequiredService<IClusterMembershipService>();
        using var timer = new PeriodicTimer(Interval, time);
        var changes = membership.MembershipUpdates.GetAsyncEnumerator(stoppingToken);
        var (tick, change) = (timer.WaitForNextTickAsync(stoppingToken).AsTask(), changes.MoveNextAsync().AsTask());
        while (true)
        {
            try
            {
                await CheckAndRestoreTableAsync(own, membership, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A store that is away costs nothing while it is, but no silo can join; Orleans, which writes to it, logs it.
                ClusterTelemetry.Unreachable.Record(1);
                LogTableUnreadable(exception);
            }

            // Each change is looked at too: what this silo would write again must be the members as they are.
            await Task.WhenAny(tick, change);
            stoppingToken.ThrowIfCancellationRequested();
            tick = tick.IsCompleted ? timer.WaitForNextTickAsync(stoppingToken).AsTask() : tick;
            if (change.IsCompleted)
            {
                if (!await change)
                {
                    return;
                }

                change = changes.MoveNextAsync().AsTask();
            }
        }
    }

    // Null when the store answers and has lost the cluster: its table is not there, or is an older one than this silo has seen, or is
    // of silos that started with an empty one and have written more often since than those that it had forgotten.
    private async Task<MembershipTableData?> ReadTableAsync(MembershipVersion known, SiloAddress own, CancellationToken cancellationToken)
    {
        MembershipTableData table;
        try
        {
            table = await stored.Table.ReadAllAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            await store.PrepareAsync(cancellationToken);
            table = await stored.CreateAndReadTableAsync(cancellationToken);
        }

        var hasLostOwn = _members.Any(m => m.SiloAddress.Equals(own)) && !table.Members.Any(m => m.Item1.SiloAddress.Equals(own));
        return hasLostOwn || table.Version.Version < known.Value ? null : table;
    }

    private async Task RestoreTableAsync(IClusterMembershipService membership, SiloAddress own, CancellationToken cancellationToken)
    {
        health.SetStoreFault($"{Lost}.");
        ClusterTelemetry.Lost.Record(1);
        var isNew = !_lost;
        _lost = true;
        if (_members.FirstOrDefault(m => m.SiloAddress.Equals(own)) is not { } entry)
        {
            if (isNew)
            {
                LogCannotRestore();
            }

            return;
        }

        if (isNew)
        {
            LogTableLost();
        }

        try
        {
            var known = membership.CurrentSnapshot;
            SiloAddress[] members = _waits++ < MaxWaits ? [.. known.Members.Where(static m => m.Value.Status == SiloStatus.Active).Select(static m => m.Key)] : [];
            var (table, written) = await restore.RestoreEntriesAsync(_members, members, known.Version.Value, entry, cancellationToken);
            if (table.Version.Version > known.Version.Value)
            {
                await membership.Refresh(new MembershipVersion(table.Version.Version), cancellationToken);
                LogRestored(written, table.Version.Version);
                ReportTablePresent();
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRestored(exception.GetType().Name, exception.Message);
        }
    }

    private void ReportTablePresent()
    {
        (_waits, _lost) = (0, false);
        health.SetStoreFault(null);
        ClusterTelemetry.Lost.Record(0);
    }

    [LoggerMessage(ServiceEventIds.MembershipLost, LogLevel.Error, "The membership store has lost the entries of this cluster; they are written again. Have it keep its data (Redis: appendonly yes)")]
    private partial void LogTableLost();

    [LoggerMessage(ServiceEventIds.MembershipRestored, LogLevel.Warning, "The membership store has this cluster again: {Written} entries written by this silo, version {Version}")]
    private partial void LogRestored(int written, int version);

    [LoggerMessage(ServiceEventIds.MembershipNotRestored, LogLevel.Error, "The entries of this cluster could not be written again ({Exception}: {Reason}); the next try comes in some seconds. If that does not end, restart all silos")]
    private partial void LogNotRestored(string exception, string reason);

    [LoggerMessage(ServiceEventIds.MembershipUnknown, LogLevel.Error, "The membership store has lost the entries of this cluster, and this silo has not seen them; another silo must write them again. If that does not happen, restart all silos")]
    private partial void LogCannotRestore();

    [LoggerMessage(ServiceEventIds.NoLook, LogLevel.Debug, "The membership store could not be looked into")]
    private partial void LogTableUnreadable(Exception exception);
}
