using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Holds a silo until it may join: its store answers, and its clock is not the wrong one among those of store and members. A clock
/// that differs from the store's alone is compared with the members' first, for as long as they take to write their times twice.
/// Then the entries of the silo's former lives are outdated, and it comes after them. Orleans does that once when it starts, and lets
/// it be when another silo writes to the store at that moment, as many do when all of them start at once. Such an entry stays a member
/// with a part of the grain directory, and this silo, at the same address, asks itself for it in vain.
/// </summary>
internal sealed partial class JoinPreparation(
    MembershipStoreWait store,
    StoredMembership membership,
    ClockWatch clocks,
    SiloGeneration generation,
    StartProgress progress,
    IOptions<ClusterMembershipOptions> options,
    TimeProvider time,
    ILogger<JoinPreparation> logger) : ISiloPreparation
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        progress.SetWaitingFor("its membership store");
        long? began = null, logged = null;
        while (true)
        {
            await store.WaitAsync(cancellationToken);
            try
            {
                var table = await membership.CreateAndReadTableAsync(cancellationToken);
                MembershipEntry[] members = [.. StoredMembership.FindActive(table, but: null)];
                var verdict = await clocks.CompareClocksAsync(members, cancellationToken);
                began ??= time.GetTimestamp();
                if (MayJoin(verdict, members.Length, time.GetElapsedTime(began.Value)))
                {
                    generation.NoteFormerSilos(table);
                    await MarkFormerSilosDeadAsync(table, cancellationToken);
                    return;
                }

                progress.SetWaitingFor(verdict.IsOwnWrong
                    ? $"its clock to be set right: it is {verdict.Describe()}"
                    : $"the other silos to tell their time: its own is {verdict.Describe()}");
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A server may answer and yet not do what is asked, for hours: a replica that only reads, or one without memory.
                progress.SetWaitingFor($"its membership store to give its table ({exception.GetType().Name})");
                if (logged is not { } last || time.GetElapsedTime(last) >= LogInterval)
                {
                    logged = time.GetTimestamp();
                    LogNoTable(exception.GetType().Name, exception.Message);
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task MarkFormerSilosDeadAsync(MembershipTableData table, CancellationToken cancellationToken)
    {
        while (table.Members.FirstOrDefault(m => m.Item1.Status != SiloStatus.Dead && generation.IsFormer(m.Item1.SiloAddress)) is var (entry, etag))
        {
            // Where this fails another silo has written, and the table says what is left to do.
            entry.Status = SiloStatus.Dead;
            await membership.Table.UpdateRowAsync(entry, etag, table.Version.Next(), cancellationToken);
            table = await membership.Table.ReadAllAsync(cancellationToken);
        }
    }

    private bool MayJoin(ClockVerdict verdict, int members, TimeSpan waited) =>
        !verdict.IsOwnWrong
        && (!verdict.StoreDiffers || verdict.Members.Count == members || waited > (2 * options.Value.IAmAliveTablePublishTimeout) + Pause);

    [LoggerMessage(ServiceEventIds.NoTable, LogLevel.Warning, "The membership store does not give its table ({Exception}: {Reason}); the silo tries again")]
    private partial void LogNoTable(string exception, string reason);
}
