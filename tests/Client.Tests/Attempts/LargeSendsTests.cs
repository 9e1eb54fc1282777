using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Attempts;
using Reranker.Requests;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Attempts;

public sealed class LargeSendsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void Behind_large_requests_everybody_is_given_the_time_that_they_take_to_be_sent()
    {
        var sends = new LargeSends(_time);
        using (sends.TrackIfLarge(RequestOf(20_000_000)))
        using (sends.TrackIfLarge(RequestOf(10_000_000, 10_000_000)))
        {
            Assert.Equal(Patience + TimeSpan.FromSeconds(2), sends.ExtendPatience(Patience));
        }

        Assert.Equal(Patience, sends.ExtendPatience(Patience));
    }

    [Fact]
    public void A_large_request_that_waits_for_its_turn_holds_up_nobody_once_it_must_have_been_sent()
    {
        var sends = new LargeSends(_time);
        using var first = sends.TrackIfLarge(RequestOf(20_000_000));
        using var second = sends.TrackIfLarge(RequestOf(20_000_000));

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Patience + TimeSpan.FromSeconds(2), sends.ExtendPatience(Patience));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Patience + TimeSpan.FromSeconds(1), sends.ExtendPatience(Patience));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Patience, sends.ExtendPatience(Patience));

        using var third = sends.TrackIfLarge(RequestOf(10_000_000));
        Assert.Equal(Patience + TimeSpan.FromSeconds(1), sends.ExtendPatience(Patience));
    }

    [Fact]
    public void Small_requests_change_no_patience_and_nothing_is_longer_than_for_ever()
    {
        var sends = new LargeSends(_time);
        using var small = sends.TrackIfLarge(RequestOf(999_000));
        Assert.Equal(Patience, sends.ExtendPatience(Patience));

        using var large = sends.TrackIfLarge(RequestOf(1_000_000));
        Assert.Equal(Timeout.InfiniteTimeSpan, sends.ExtendPatience(Timeout.InfiniteTimeSpan));
    }

    private static RerankRequest RequestOf(params int[] lengths) => new()
    {
        Query = "q",
        Passages = [.. lengths.Select(static (length, i) => new string('x', i == 0 ? length - 1 : length))],
        RemainingMilliseconds = 1000,
    };
}
