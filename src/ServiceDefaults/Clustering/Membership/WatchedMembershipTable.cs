using Microsoft.Extensions.DependencyInjection;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// The store's table as Orleans uses it. Times of a clock that is ahead are read as what they can be; a silo that knows its own clock
/// to be wrong casts no votes on others, which look dead by it; a silo that finds itself declared dead ends; and a table that has lost
/// this silo is no table: Orleans would take it for the word of the others that this silo is dead.
/// </summary>
internal sealed class WatchedMembershipTable(
    StoredMembership stored, FutureTimes times, MembershipHealth health, DeclaredDeadExit end, IServiceProvider services) : IMembershipTable
{
    // Asked late: who this silo is, is settled only when it is made.
    private readonly Lazy<SiloAddress> _own = new(() => services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

    private volatile bool _wasActive;

    /// <inheritdoc/>
    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
        => stored.Table.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default)
        => stored.Table.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken);

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default)
        => stored.Table.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken);

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default)
        => EndIfDeclaredDead(await stored.Table.ReadRowAsync(key, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        var table = EndIfDeclaredDead(await stored.Table.ReadAllAsync(cancellationToken).ConfigureAwait(false));
        var own = table.Members.FirstOrDefault(m => m.Item1.SiloAddress.Equals(_own.Value))?.Item1.Status;
        if (own is null && _wasActive && !end.IsEnding)
        {
            throw new OrleansException("The membership store has lost this silo's entry; it is written again.");
        }

        NoteActive(own == SiloStatus.Active);
        times.CorrectTimes(table);
        return table;
    }

    /// <inheritdoc/>
    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default)
        => stored.Table.InsertRowAsync(entry, tableVersion, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default)
    {
        var isOwn = entry.SiloAddress.Equals(_own.Value);
        if (health.IsClockWrong && !isOwn)
        {
            return false;
        }

        var isWritten = await stored.Table.UpdateRowAsync(entry, etag, tableVersion, cancellationToken).ConfigureAwait(false);
        NoteActive(isWritten && isOwn && entry.Status == SiloStatus.Active);
        return isWritten;
    }

    /// <inheritdoc/>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default)
        => stored.Table.UpdateIAmAliveAsync(entry, cancellationToken);

    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion);

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId);

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate);

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => ReadRowAsync(key);

    Task<MembershipTableData> IMembershipTable.ReadAll() => ReadAllAsync();

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion);

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion);

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry);

    // Never back to false: a look at the table from before the silo joined may end after the write by which it did.
    private void NoteActive(bool isActive)
    {
        if (isActive)
        {
            _wasActive = true;
        }
    }

    private MembershipTableData EndIfDeclaredDead(MembershipTableData table)
    {
        if (table.Members.Any(m => m.Item1.Status == SiloStatus.Dead && m.Item1.SiloAddress.Equals(_own.Value)))
        {
            end.BeginProcessExit();
        }

        return table;
    }
}
