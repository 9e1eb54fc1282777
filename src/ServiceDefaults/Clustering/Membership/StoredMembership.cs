namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>The membership as it is in the store, beside what Orleans makes of it.</summary>
/// <param name="Table">The store's table.</param>
internal sealed record StoredMembership(IMembershipTable Table)
{
    /// <summary>The entries of active members other than one.</summary>
    public static IEnumerable<MembershipEntry> FindActive(MembershipTableData data, SiloAddress? but) =>
        data.Members.Select(static m => m.Item1).Where(e => e.Status == SiloStatus.Active && !e.SiloAddress.Equals(but));

    /// <summary>Reads all of it; makes the table where there is none.</summary>
    public async Task<MembershipTableData> CreateAndReadTableAsync(CancellationToken cancellationToken)
    {
        await Table.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellationToken).ConfigureAwait(false);
        return await Table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
    }
}
