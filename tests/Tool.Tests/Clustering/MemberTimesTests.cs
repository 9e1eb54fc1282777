using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.TestKit.Clocks;
using static Reranker.Tool.Tests.Clustering.FakeMembershipTable;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>What the times in membership entries tell, and what they must not.</summary>
public sealed class MemberTimesTests
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(2);
    private readonly FakeTimeProvider _time = new SynchronizedTime(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    [Fact]
    public void A_members_clock_is_known_once_its_entry_changes_and_forgotten_with_it()
    {
        var clocks = new MemberClocks();
        clocks.UpdateOffsets(_time.GetUtcNow(), [Entry(Address(1), alive: Now + Ahead), Entry(Address(2), alive: Now)]);
        Assert.Empty(clocks.Offsets);

        _time.Advance(MembershipWatch.Interval);
        clocks.UpdateOffsets(_time.GetUtcNow(), [Entry(Address(1), alive: Now + Ahead), Entry(Address(2), alive: Now)]);

        Assert.True(clocks.Offsets[Address(1)].IsTooLarge);
        Assert.InRange(clocks.Offsets[Address(1)].Ahead, Ahead, Ahead + MembershipWatch.Interval);
        Assert.False(clocks.Offsets[Address(2)].IsTooLarge);

        clocks.UpdateOffsets(_time.GetUtcNow(), [Entry(Address(2), alive: Now)]);
        Assert.DoesNotContain(Address(1), clocks.Offsets.Keys);
    }

    [Fact]
    public void A_member_that_was_looked_at_too_long_ago_says_nothing_of_its_clock()
    {
        var clocks = new MemberClocks();
        clocks.UpdateOffsets(_time.GetUtcNow(), [Entry(Address(1), alive: Now)]);
        _time.Advance(TimeSpan.FromMinutes(5));
        clocks.UpdateOffsets(_time.GetUtcNow(), [Entry(Address(1), alive: Now)]);

        Assert.Empty(clocks.Offsets);
    }

    [Fact]
    public void A_time_that_is_yet_to_come_is_read_as_the_moment_at_which_it_was_seen_and_grows_old_from_there()
    {
        var times = new FutureTimes(_time);
        var (seen, written) = (Now, Now + Ahead);
        Assert.Equal(seen, Read().IAmAliveTime);

        _time.Advance(TimeSpan.FromMinutes(1));
        var entry = Read();

        Assert.Equal(seen, entry.IAmAliveTime);
        Assert.Equal(seen, entry.StartTime);
        Assert.Equal(seen, Assert.Single(entry.SuspectTimes!).Item2);

        written = Now - TimeSpan.FromSeconds(3);
        Assert.Equal(written, Read().IAmAliveTime);

        MembershipEntry Read()
        {
            var entry = Entry(Address(1), alive: written);
            entry.SuspectTimes = [Tuple.Create(Address(2), written)];
            times.CorrectTimes(new MembershipTableData([Tuple.Create(entry, "")], new TableVersion(1, "1")));
            return entry;
        }
    }

    [Fact]
    public void A_silo_comes_after_all_that_were_at_its_address_whatever_their_clocks_said()
    {
        var generation = new SiloGeneration(Options.Create(new EndpointOptions { AdvertisedIPAddress = Address(1).Endpoint.Address, SiloPort = 1 }));
        generation.NoteFormerSilos(new MembershipTableData([], new TableVersion(0, "0")));
        Assert.Equal(Address(1, 50), generation.RaiseGeneration(Address(1, 50)));

        generation.NoteFormerSilos(new MembershipTableData(
            [Tuple.Create(Entry(Address(1, 7_200), SiloStatus.Dead), ""), Tuple.Create(Entry(Address(2, 9_000)), "")], new TableVersion(1, "1")));

        Assert.Equal(Address(1, 7_201), generation.RaiseGeneration(Address(1, 50)));
        Assert.Equal(Address(1, 8_000), generation.RaiseGeneration(Address(1, 8_000)));
    }
}
