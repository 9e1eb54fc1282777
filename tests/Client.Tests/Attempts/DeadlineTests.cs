using Microsoft.Extensions.Time.Testing;
using Reranker.Attempts;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Attempts;

public sealed class DeadlineTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Theory]
    [InlineData(0, 100, 100, false)]
    [InlineData(0.2, 99.8, 99, false)]
    [InlineData(99, 1, 1, false)]
    [InlineData(99.5, 0.5, 1, true)]
    [InlineData(100, 0, 1, true)]
    [InlineData(1_000, 0, 1, true)]
    public void What_is_left_is_never_negative_and_travels_in_whole_milliseconds(double elapsed, double remaining, int sent, bool hasPassed)
    {
        var deadline = new Deadline(_time, TimeSpan.FromMilliseconds(100));
        _time.Advance(TimeSpan.FromMilliseconds(elapsed));

        Assert.Equal(TimeSpan.FromMilliseconds(remaining), deadline.Remaining);
        Assert.Equal((sent, hasPassed), (deadline.RemainingMilliseconds, deadline.HasPassed));
        Assert.Equal(TimeSpan.FromMilliseconds(100), deadline.Allowance);
    }
}
