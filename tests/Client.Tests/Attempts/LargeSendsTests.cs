using Reranker.Client.Attempts;
using Reranker.Requests;

namespace Reranker.Client.Tests.Attempts;

public sealed class LargeSendsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Fact]
    public void Behind_large_requests_everybody_is_given_the_time_that_they_take_to_be_sent()
    {
        var sends = new LargeSends();
        using (sends.Add(RequestOf(20_000_000)))
        using (sends.Add(RequestOf(10_000_000, 10_000_000)))
        {
            Assert.Equal(Patience + TimeSpan.FromSeconds(2), sends.Extend(Patience));
        }

        Assert.Equal(Patience, sends.Extend(Patience));
    }

    [Fact]
    public void Small_requests_change_no_patience_and_nothing_is_longer_than_for_ever()
    {
        var sends = new LargeSends();
        using var small = sends.Add(RequestOf(999_000));
        Assert.Equal(Patience, sends.Extend(Patience));

        using var large = sends.Add(RequestOf(1_000_000));
        Assert.Equal(Timeout.InfiniteTimeSpan, sends.Extend(Timeout.InfiniteTimeSpan));
    }

    private static RerankRequest RequestOf(params int[] lengths) => new()
    {
        Query = "q",
        Passages = [.. lengths.Select(static (length, i) => new string('x', i == 0 ? length - 1 : length))],
        RemainingMilliseconds = 1000,
    };
}
