using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Startup;
using Reranker.TestKit.Clocks;
using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>The store's table as Orleans gets to see it.</summary>
public sealed class WatchedMembershipTableTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly FakeMembershipTable _table = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<ILocalSiloDetails>(new SiloDetails()).BuildServiceProvider();
    private readonly WatchedMembershipTable _watched;

    public WatchedMembershipTableTests() => _watched = new WatchedMembershipTable(
        new StoredMembership(_table),
        new FutureTimes(_time),
        new MembershipHealth(),
        new DeclaredDeadExit(_lifetime, new ShutdownLogFilter(), _time, NullLogger<DeclaredDeadExit>.Instance),
        _services);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_table_that_lost_this_silo_is_not_shown_until_it_has_it_again()
    {
        _table.Set(7, Entry(Address(1)), Entry(Address(2)));
        await _watched.ReadAllAsync(Stop);

        _table.Set(9, Entry(Address(3)));
        await Assert.ThrowsAsync<OrleansException>(() => _watched.ReadAllAsync(Stop));

        _table.Set(10, Entry(Address(3)), Entry(Address(1)));
        Assert.Equal(10, (await _watched.ReadAllAsync(Stop)).Version.Version);
        Assert.False(_lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_silo_that_wrote_itself_as_active_has_been_in_the_table()
    {
        _table.Set(7, Entry(Address(1), SiloStatus.Joining));
        Assert.True(await _watched.UpdateRowAsync(Entry(Address(1)), "7", new TableVersion(8, "7"), Stop));

        _table.Set(9, Entry(Address(3)));
        await Assert.ThrowsAsync<OrleansException>(() => _watched.ReadAllAsync(Stop));
    }

    [Fact]
    public async Task A_silo_that_joins_or_stops_writes_itself()
    {
        _table.Set(7, Entry(Address(2)));
        await _watched.ReadAllAsync(Stop);
        _table.Set(8, Entry(Address(2)), Entry(Address(1), SiloStatus.Joining));
        await _watched.ReadAllAsync(Stop);
        _table.Set(9, Entry(Address(2)));
        await _watched.ReadAllAsync(Stop);

        _table.Set(10, Entry(Address(1)), Entry(Address(2)));
        await _watched.ReadAllAsync(Stop);
        _table.Set(11, Entry(Address(2)));
        _lifetime.StopApplication();
        await _watched.ReadAllAsync(Stop);
    }
}
