using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Clustering.Stores;
using Reranker.ServiceDefaults.Health;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;
using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>What a silo waits for before it joins.</summary>
public sealed class JoinPreparationTests : IDisposable
{
    private static readonly TimeSpan TwoHours = TimeSpan.FromHours(2);

    private readonly FakeTimeProvider _time = new SynchronizedTime(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeMembershipTable _table = new();
    private readonly StartProgress _progress = new();
    private readonly SiloGeneration _generation = new(Options.Create(new EndpointOptions { AdvertisedIPAddress = Address(1).Endpoint.Address, SiloPort = 1 }));
    private readonly FakeStore _store;
    private readonly CapturingLoggerProvider _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly JoinPreparation _preparation;

    public JoinPreparationTests()
    {
        _store = new FakeStore(_time);
        _loggers = new LoggerFactory([_logs]);
        _preparation = new JoinPreparation(
            new MembershipStoreWait(_store, _progress, _time, NullLogger<MembershipStoreWait>.Instance),
            new StoredMembership(_table),
            new ClockWatch(_store, _time, NullLogger<ClockWatch>.Instance),
            _generation,
            _progress,
            Options.Create(new ClusterMembershipOptions()),
            _time,
            _loggers.CreateLogger<JoinPreparation>());
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task A_silo_whose_clock_is_wrong_waits_until_it_is_right()
    {
        _store.Ahead = -TwoHours;
        _table.BeforeRead = table => table.Set(7, MemberAhead(2, _store.Ahead), MemberAhead(3, _store.Ahead));

        var preparing = _preparation.PrepareAsync(Stop);
        await PassUntilAsync(() => _progress.WaitsFor!.Contains("its clock to be set right", StringComparison.Ordinal));
        Assert.Contains("7200 s ahead of the membership store's", _progress.WaitsFor, StringComparison.Ordinal);
        Assert.False(preparing.IsCompleted);

        _store.Ahead = TimeSpan.Zero;
        await PassUntilAsync(() => preparing.IsCompleted);
        await preparing;
    }

    [Fact]
    public async Task A_silo_that_agrees_with_the_members_joins_though_the_stores_clock_is_wrong()
    {
        _store.Ahead = TwoHours;
        _table.BeforeRead = table => table.Set(7, MemberAhead(2, TimeSpan.Zero), MemberAhead(3, TimeSpan.Zero));

        var preparing = _preparation.PrepareAsync(Stop);
        await PassUntilAsync(() => preparing.IsCompleted);
        await preparing;
    }

    [Fact]
    public async Task A_silo_that_finds_nobody_alive_joins_whatever_the_stores_clock_says()
    {
        _store.Ahead = TwoHours;
        await _preparation.PrepareAsync(Stop);

        // An entry that nobody renews is no clock.
        _table.Set(7, Entry(Address(2), alive: _time.GetUtcNow().UtcDateTime));
        var preparing = _preparation.PrepareAsync(Stop);
        await PassUntilAsync(() => preparing.IsCompleted);
        await preparing;
    }

    [Fact]
    public async Task A_silo_that_comes_back_when_its_clock_is_right_comes_after_its_former_self_of_the_future()
    {
        _table.Set(7, Entry(Address(1, generation: 7_200), SiloStatus.Dead));

        await _preparation.PrepareAsync(Stop);

        Assert.Equal(Address(1, generation: 7_201), _generation.RaiseGeneration(Address(1, generation: 50)));
    }

    [Fact]
    public async Task A_silo_that_comes_back_at_its_address_finds_its_former_entries_and_outdates_them_though_others_write_meanwhile()
    {
        var another = Address(2);
        _table.Set(7, Entry(Address(1)), Entry(another), Entry(Address(1, generation: 90), SiloStatus.Joining));
        _table.BeforeWrite = table => table.Write(Entry(Address(3)), new TableVersion(8, "7"), exists: false);

        await _preparation.PrepareAsync(Stop);

        Assert.Equal(
            [(Address(1, generation: 90), SiloStatus.Dead), (Address(1), SiloStatus.Dead), (another, SiloStatus.Active), (Address(3), SiloStatus.Active)],
            _table.Rows.Select(static r => (r.SiloAddress, r.Status)).OrderBy(static r => (r.SiloAddress.Endpoint.Port, r.SiloAddress.Generation)));
        Assert.Equal(Address(1, generation: 101), _generation.RaiseGeneration(Address(1, generation: 100)));
    }

    [Fact]
    public void A_silo_has_no_address_before_its_store_was_read()
        => Assert.Throws<InvalidOperationException>(() => _generation.RaiseGeneration(Address(1)));

    [Fact]
    public async Task Who_asks_for_a_silos_address_too_early_does_not_spoil_it_for_those_who_ask_later()
    {
        var silo = new LocalSilo(new SiloDetails(), _generation);
        Assert.Throws<InvalidOperationException>(() => silo.SiloAddress);
        _table.Set(7, Entry(Address(1, generation: 7_200), SiloStatus.Dead));

        await _preparation.PrepareAsync(Stop);

        Assert.Equal(Address(1, generation: 7_201), silo.SiloAddress);
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for_and_said_so()
    {
        _store.Answers = false;
        var preparing = _preparation.PrepareAsync(Stop);
        await PassUntilAsync(() => _progress.WaitsFor!.Contains("its membership store to answer", StringComparison.Ordinal));

        _store.Answers = true;
        await PassUntilAsync(() => preparing.IsCompleted);
        await preparing;
    }

    [Fact]
    public async Task A_store_that_answers_and_gives_no_table_is_waited_for_and_said_so_once_a_minute()
    {
        var (reads, began) = (0, _time.GetUtcNow());
        _table.BeforeRead = _ =>
        {
            reads++;
            throw new IOException("READONLY You can't write against a read only replica.");
        };

        var preparing = _preparation.PrepareAsync(Stop);
        await PassUntilAsync(() => reads == 100);
        Assert.Contains("its membership store to give its table", _progress.WaitsFor, StringComparison.Ordinal);
        Assert.InRange(_logs.Lines.Count, 1, 1 + (_time.GetUtcNow() - began).TotalMinutes);

        _table.BeforeRead = null;
        await PassUntilAsync(() => preparing.IsCompleted);
        await preparing;
    }

    private Orleans.MembershipEntry MemberAhead(int port, TimeSpan ahead) => Entry(Address(port), alive: (_time.GetUtcNow() + ahead).UtcDateTime);

    private async Task PassUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Stop);
        }
    }
}
