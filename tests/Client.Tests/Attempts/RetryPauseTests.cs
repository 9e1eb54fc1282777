using CsCheck;
using Reranker.Attempts;

namespace Reranker.Client.Tests.Attempts;

public sealed class RetryPauseTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_pause_doubles_within_its_bounds() =>
        Gen.Select(Gen.Int[1, 32], Gen.Double[0, 1]).Sample((failures, share) =>
        {
            var pause = RetryPause.FindPause(First, Longest, failures, share);
            var full = TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, failures - 1)));
            return pause >= full / 2 - TimeSpan.FromTicks(1) && pause <= full;
        });

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(4, 80)]
    [InlineData(30, 1_000)]
    public void With_the_whole_share_nothing_of_it_is_random(int failures, double milliseconds)
        => Assert.Equal(milliseconds, RetryPause.FindPause(First, Longest, failures, randomShare: 1).TotalMilliseconds, 1e-3);
}
