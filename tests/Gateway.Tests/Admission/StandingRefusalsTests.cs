using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Admission;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Admission;

/// <summary>What the fleet has just refused, and for how long that is kept.</summary>
public sealed class StandingRefusalsTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void A_refusal_of_less_replaces_what_it_covers_and_others_stand_beside_it()
    {
        var refusals = new RecentRefusals(_time);
        refusals.Add(1_000, 1_000, TimeSpan.FromSeconds(5), null);
        refusals.Add(100, 100, TimeSpan.FromSeconds(1), null);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        refusals.Add(500, 500, TimeSpan.FromSeconds(5), null);

        Assert.NotNull(refusals.FindRetryAfter(100, 100, TimeSpan.FromSeconds(1)));
        Assert.NotNull(refusals.FindRetryAfter(500, 500, TimeSpan.FromSeconds(5)));
        Assert.Null(refusals.FindRetryAfter(100, 100, TimeSpan.FromSeconds(5)));

        // What was refused of the long deadline is renewed, what was refused of the short one is over.
        _time.Advance(TimeSpan.FromMilliseconds(95));
        Assert.NotNull(refusals.FindRetryAfter(1_000, 1_000, TimeSpan.FromSeconds(5)));
        Assert.Null(refusals.FindRetryAfter(100, 100, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void However_long_a_deadline_is_the_fleet_is_asked_again_after_a_second()
    {
        var refusals = new RecentRefusals(_time);
        refusals.Add(1_000, 1_000, TimeSpan.FromHours(1), TimeSpan.FromSeconds(60));
        Assert.NotNull(refusals.FindRetryAfter(1_000, 1_000, TimeSpan.FromHours(1)));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(refusals.FindRetryAfter(1_000, 1_000, TimeSpan.FromHours(1)));
    }
}
