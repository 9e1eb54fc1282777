using Reranker.ServiceDefaults.Clustering.Membership;
using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>A cluster is written into a store that has lost it, without any member ever reading that it is gone.</summary>
public sealed class MembershipRestoreTests
{
    private const int Known = 12;
    private static readonly MembershipEntry[] Members = [Entry(Address(1)), Entry(Address(2)), Entry(Address(3))];

    private readonly FakeMembershipTable _table = new();

    private MembershipRestore Restore => new(new StoredMembership(_table), TimeProvider.System);

    [Fact]
    public async Task No_table_that_is_newer_than_what_members_know_lacks_one_of_them()
    {
        _table.Empty();

        var (table, written) = await Restore.RestoreEntriesAsync(Members, [], Known, Members[1], TestContext.Current.CancellationToken);

        Assert.Equal(3, written);
        Assert.Equal(Known + 1, table.Version.Version);
        Assert.All(table.Members, static m => Assert.Equal(SiloStatus.Active, m.Item1.Status));
        Assert.All(_table.History.Where(static h => h.Version > Known), static h => Assert.Equal(3, h.Silos.Length));
        Assert.Equal(Enumerable.Range(1, Known + 1), _table.History.Select(static h => h.Version));
    }

    [Fact]
    public async Task Whoever_joined_the_empty_table_stays_and_whoever_writes_at_the_same_time_is_no_hindrance()
    {
        var stranger = Entry(Address(9));
        _table.Set(2, stranger);
        _table.BeforeWrite = other =>
        {
            Assert.True(other.Write(Members[0], new TableVersion(3, "2"), exists: false));
            Assert.True(other.Write(Members[1], new TableVersion(4, "3"), exists: false));
        };

        var (table, written) = await Restore.RestoreEntriesAsync(Members, [], Known, Members[0], TestContext.Current.CancellationToken);

        Assert.Equal(1, written);
        Assert.Equal(Members.Append(stranger).Select(static m => m.SiloAddress).ToHashSet(), table.Members.Select(static m => m.Item1.SiloAddress).ToHashSet());
        Assert.Equal(Known + 1, table.Version.Version);
    }

    [Fact]
    public async Task A_store_that_went_back_in_time_has_members_active_again_that_were_joining_then_and_leaves_dead_ones_dead()
    {
        _table.Set(5, Entry(Address(1)), Entry(Address(2), SiloStatus.Joining), Entry(Address(3), SiloStatus.Dead), Entry(Address(7), SiloStatus.Dead));

        await Restore.RestoreEntriesAsync(Members, [], Known, Members[0], TestContext.Current.CancellationToken);

        Assert.Equal(
            [SiloStatus.Active, SiloStatus.Active, SiloStatus.Dead, SiloStatus.Dead],
            _table.Rows.OrderBy(static r => r.SiloAddress.Endpoint.Port).Select(static r => r.Status));
    }

    [Fact]
    public async Task A_member_whose_entry_is_not_known_is_waited_for_before_the_version_passes_what_it_knows()
    {
        var newest = Entry(Address(4));
        _table.Empty();

        var (table, written) = await Restore.RestoreEntriesAsync(Members, [newest.SiloAddress], Known, Members[0], TestContext.Current.CancellationToken);
        Assert.Equal((3, 3), (table.Version.Version, written));

        Assert.True(_table.Write(newest, new TableVersion(4, "3"), exists: false));
        (table, written) = await Restore.RestoreEntriesAsync(Members, [newest.SiloAddress], Known, Members[0], TestContext.Current.CancellationToken);
        Assert.Equal((Known + 1, 0), (table.Version.Version, written));
    }
}
