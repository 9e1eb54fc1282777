namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Writes a cluster again into a store that has lost it. Every write raises the table's version by one, and silos ignore a table
/// whose version is behind the one they know; so the entries of all members are written first, and only then is the version raised
/// beyond what any of them knows. Nobody ever sees a newer table in which it is missing, which would be its end. Whoever joined
/// the empty table meanwhile sees the others come, and they see it.
/// </summary>
internal sealed class MembershipRestore(StoredMembership stored, TimeProvider time)
{
    /// <summary>Writes what is missing. Other members may do the same at the same time.</summary>
    /// <param name="known">The active members as they were last seen, this silo among them.</param>
    /// <param name="members">Who must be there before the version is raised; those whose entries are not known write them themselves.</param>
    /// <param name="version">The version that this silo knows.</param>
    /// <param name="own">This silo's entry.</param>
    /// <param name="cancellationToken">Ends it anywhere; the next try goes on from there.</param>
    /// <returns>The table as it is then, and how many entries were written; the table is still behind where somebody was missing.</returns>
    public async Task<(MembershipTableData Table, int Written)> RestoreEntriesAsync(
        IReadOnlyCollection<MembershipEntry> known,
        IReadOnlyCollection<SiloAddress> members,
        long version,
        MembershipEntry own,
        CancellationToken cancellationToken)
    {
        var table = await stored.CreateAndReadTableAsync(cancellationToken).ConfigureAwait(false);
        var written = 0;
        while (true)
        {
            var next = table.Version.Next();
            if (known.FirstOrDefault(k => FindEntry(table, k.SiloAddress) is null) is { } missing)
            {
                if (await stored.Table.InsertRowAsync(CopyAsActive(missing), next, cancellationToken).ConfigureAwait(false))
                {
                    written++;
                    ClusterTelemetry.Restored.Add(1);
                }
            }
            else if (known.Select(k => FindEntry(table, k.SiloAddress)!).FirstOrDefault(static m => m.Item1.Status < SiloStatus.Active) is { } early)
            {
                // The store went back to a time at which that member had not joined yet.
                await stored.Table.UpdateRowAsync(CopyAsActive(early.Item1), early.Item2, next, cancellationToken).ConfigureAwait(false);
            }
            else if (table.Version.Version <= version && members.All(m => FindEntry(table, m) is not null))
            {
                var (entry, etag) = FindEntry(table, own.SiloAddress)!;
                await stored.Table.UpdateRowAsync(CopyAsActive(entry), etag, next, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return (table, written);
            }

            // Each write may have failed because another member was faster; then the table says what is left to do.
            table = await stored.Table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static Tuple<MembershipEntry, string>? FindEntry(MembershipTableData table, SiloAddress silo) =>
        table.Members.FirstOrDefault(m => m.Item1.SiloAddress.Equals(silo));

    // Those that are in truth gone are found out by the probes, like any others.
    private MembershipEntry CopyAsActive(MembershipEntry entry) => new()
    {
        SiloAddress = entry.SiloAddress,
        Status = SiloStatus.Active,
        ProxyPort = entry.ProxyPort,
        HostName = entry.HostName,
        SiloName = entry.SiloName,
        RoleName = entry.RoleName,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        SuspectTimes = [],
        StartTime = entry.StartTime,
        IAmAliveTime = time.GetUtcNow().UtcDateTime,
    };
}
