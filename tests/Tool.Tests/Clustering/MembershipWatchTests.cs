using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Health;
using Reranker.TestKit.Clocks;
using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>What a silo finds in its membership store, and what it makes of it.</summary>
public sealed class MembershipWatchTests : IAsyncDisposable
{
    private const int Known = 9;

    private readonly FakeTimeProvider _time = new SynchronizedTime(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeMembershipTable _table = new();
    private readonly MembershipHealth _health = new();
    private readonly KnownMembership _known = new() { Version = Known };
    private readonly FakeStore _store;
    private readonly ServiceProvider _services;
    private readonly MembershipWatch _watch;

    public MembershipWatchTests()
    {
        _store = new FakeStore(_time);
        _services = new ServiceCollection().AddSingleton<IClusterMembershipService>(_known).BuildServiceProvider();
        var stored = new StoredMembership(_table);
        _watch = new MembershipWatch(
            stored, _store, new MembershipRestore(stored, _time), new ClockWatch(_store, _time, NullLogger<ClockWatch>.Instance), _health,
            new StartProgress(), _services, _time, NullLogger<MembershipWatch>.Instance);
        _table.Set(Known, Entry(Address(1)), Entry(Address(2)));
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_store_that_lost_the_cluster_gets_it_back_and_Orleans_is_told()
    {
        await LookAsync();
        _table.Empty();

        await LookAsync();

        Assert.Equal(Known + 1, _table.Version);
        Assert.Equal([Address(1), Address(2)], _table.Rows.Select(static r => r.SiloAddress).Order());
        Assert.Equal(Known + 1, _known.Version);
        Assert.Null(_health.Fault);
    }

    [Fact]
    public async Task A_store_in_which_others_have_formed_a_newer_cluster_gets_the_old_one_beside_it()
    {
        await LookAsync();
        _table.Set(Known + 3, Entry(Address(3)));

        await LookAsync();

        Assert.Equal([Address(1), Address(2), Address(3)], _table.Rows.Select(static r => r.SiloAddress).Order());
        Assert.Equal((long)_table.Version!, _known.Version);
        Assert.Null(_health.Fault);
    }

    [Fact]
    public async Task A_silo_that_cannot_write_it_again_is_not_ready_until_another_has()
    {
        _table.Set(0);
        await LookAsync();
        Assert.Contains("has lost the entries of this cluster", _health.Fault, StringComparison.Ordinal);

        _table.Set(Known + 1, Entry(Address(1)), Entry(Address(2)));
        await LookAsync();

        Assert.Null(_health.Fault);
        Assert.Equal(Known + 1, _known.Version);
    }

    [Fact]
    public async Task A_store_that_is_away_has_lost_nothing()
    {
        await LookAsync();
        _table.Empty();
        _store.Answers = false;

        await Assert.ThrowsAsync<IOException>(LookAsync);

        Assert.Null(_health.Fault);
        Assert.Null(_table.Version);
    }

    [Fact]
    public async Task A_table_that_is_newer_than_what_Orleans_knows_is_passed_on()
    {
        _table.Set(Known + 4, Entry(Address(1), SiloStatus.Dead), Entry(Address(2)));

        await LookAsync();

        Assert.Equal(Known + 4, _known.Version);
    }

    [Fact]
    public async Task A_silo_whose_clock_jumps_is_not_ready_until_it_is_right_again()
    {
        _store.Ahead = TimeSpan.FromHours(-2);
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(MembershipWatch.Interval);
            _table.Set(Known, Entry(Address(1)), Entry(Address(2), alive: (_time.GetUtcNow() + _store.Ahead).UtcDateTime));
            await LookAsync();
        }

        Assert.Contains("clock is wrong: it is 7200 s ahead", _health.Fault, StringComparison.Ordinal);
        Assert.True(_health.IsClockWrong);

        _store.Ahead = TimeSpan.Zero;
        await LookAsync();
        Assert.Null(_health.Fault);
    }

    private Task LookAsync() => _watch.CheckAndRestoreTableAsync(Address(1), _known, TestContext.Current.CancellationToken);

    private sealed class KnownMembership : IClusterMembershipService
    {
        public long Version { get; set; }

        public ClusterMembershipSnapshot CurrentSnapshot => new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(Version));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
        {
            Version = minimumVersion.Value;
            return ValueTask.CompletedTask;
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}
