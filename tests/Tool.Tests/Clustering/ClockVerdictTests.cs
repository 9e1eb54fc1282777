using System.Net;
using Reranker.ServiceDefaults.Clustering.Membership;

namespace Reranker.Tool.Tests.Clustering;

/// <summary>Whose clock is wrong. Numbers are seconds by which a clock is ahead of this machine's.</summary>
public sealed class ClockVerdictTests
{
    [Theory]
    [InlineData(0.0, new double[] { 0, 0 }, false)]
    [InlineData(-600.0, new double[] { -600, -600 }, true)]
    [InlineData(7200.0, new double[] { 7200 }, true)]
    [InlineData(0.0, new double[] { -600, -600 }, false)]
    [InlineData(-600.0, new double[] { 0, 0 }, false)]
    [InlineData(-600.0, new double[] { }, false)]
    [InlineData(-600.0, new double[] { 0, -600 }, true)]
    [InlineData(null, new double[] { -600, -600 }, true)]
    [InlineData(null, new double[] { -600 }, false)]
    [InlineData(4.0, new double[] { 600, 600 }, false)]
    public void A_clock_is_wrong_when_neither_the_store_nor_most_members_agree_with_it(double? store, double[] members, bool wrong)
        => Assert.Equal(wrong, Verdict(store, members).IsOwnWrong);

    [Fact]
    public void A_difference_that_is_not_sure_counts_for_nothing()
    {
        var verdict = new ClockVerdict(
            Offset(-8, 4), new Dictionary<SiloAddress, ClockOffset> { [Address(1)] = Offset(-8, 4), [Address(2)] = Offset(-8, 4) });

        Assert.False(verdict.StoreDiffers);
        Assert.False(verdict.IsOwnWrong);
        Assert.Empty(verdict.Differing);
    }

    [Fact]
    public void The_verdict_says_by_how_much_and_from_whom_the_clock_differs()
    {
        Assert.Equal("600 s ahead of the membership store's and those of 2 of 3 other silos", Verdict(-600, [-600, 0, -600]).Describe());
        Assert.Equal("7200 s behind the membership store's", Verdict(7200, []).Describe());
    }

    private static ClockVerdict Verdict(double? store, double[] members) => new(
        store is { } s ? Offset(s, 0.1) : null,
        members.Select(static (ahead, i) => (Address(i), Offset(ahead, 2.5))).ToDictionary(static m => m.Item1, static m => m.Item2));

    private static ClockOffset Offset(double ahead, double uncertainty) => new(TimeSpan.FromSeconds(ahead), TimeSpan.FromSeconds(uncertainty));

    private static SiloAddress Address(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_111 + number), 1);
}
