using CsCheck;
using Reranker.Client.Attempts;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests.Attempts;

public sealed class AttemptTimingTests
{
    private static readonly RerankerClientOptions Options = new() { AttemptTimeoutFloor = TimeSpan.FromMilliseconds(250) };

    [Fact]
    public void A_hint_that_says_nothing_means_no_attempt_timeout()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, AttemptTiming.Timeout(null, 100, 0, Limits.MaxDeadline, Options));
        Assert.Equal(Timeout.InfiniteTimeSpan, AttemptTiming.Timeout(default(FleetHint), 100, 0, Limits.MaxDeadline, Options));
    }

    [Fact]
    public void A_slow_fleet_gets_the_time_it_needs()
    {
        // A CPU at 300 tokens a second needs 30 s for this one: nobody asks before that.
        var timeout = AttemptTiming.Timeout(new FleetHint { TokensPerSecond = 300, ReadyWorkers = 1 }, 9000, 0, TimeSpan.FromSeconds(60), Options);

        Assert.Equal(TimeSpan.FromSeconds(30), timeout);
    }

    [Fact]
    public void The_timeout_is_never_below_the_floor_nor_below_what_the_fleet_expects_and_grows_with_every_attempt() =>
        Gen.Select(Gen.Double[0.1, 1e6], Gen.Double[1, 1e6], Gen.Int[0, 60_000], Gen.Int[1, 64]).Sample((tokensPerSecond, tokens, wait, workers) =>
        {
            var hint = new FleetHint { TokensPerSecond = tokensPerSecond, ExpectedWaitMilliseconds = wait, ReadyWorkers = workers };
            var first = AttemptTiming.Timeout(hint, tokens, 0, TimeSpan.MaxValue, Options);
            var second = AttemptTiming.Timeout(hint, tokens, 1, TimeSpan.MaxValue, Options);
            var expected = TimeSpan.FromSeconds(Math.Min((wait / 1000.0) + (tokens / tokensPerSecond), 1e9));
            return first == Timeout.InfiniteTimeSpan
                ? second == first && expected * workers * Options.AttemptTimeoutFactor > Limits.MaxDeadline - TimeSpan.FromSeconds(1)
                : first >= Options.AttemptTimeoutFloor && first >= expected && (second > first || second == Timeout.InfiniteTimeSpan);
        });

    [Theory]
    [InlineData(100, 1_000, 500)]
    [InlineData(251, 1_000, 500)]
    [InlineData(900, 1_000, 500)]
    [InlineData(900, 300, 250)]
    [InlineData(100, 1_200, 600)]
    [InlineData(100, 60_000, 650)]
    public void After_half_of_the_time_and_the_floor_it_is_time_to_ask(int wait, int remaining, int timeout) =>
        Assert.Equal(
            timeout,
            AttemptTiming.Timeout(
                new FleetHint { TokensPerSecond = 1e9, ExpectedWaitMilliseconds = wait, ReadyWorkers = 1 },
                0,
                0,
                TimeSpan.FromMilliseconds(remaining),
                Options).TotalMilliseconds,
            0.01);

    [Fact]
    public void The_backoff_doubles_within_its_bounds() =>
        Gen.Select(Gen.Int[1, 32], Gen.Double[0, 1]).Sample((failures, share) =>
        {
            var pause = AttemptTiming.Backoff(failures, share, Options);
            var full = TimeSpan.FromSeconds(Math.Min(Options.MaxBackoff.TotalSeconds, Options.Backoff.TotalSeconds * Math.Pow(2, failures - 1)));
            return pause >= full / 2 - TimeSpan.FromTicks(1) && pause <= full;
        });

    [Fact]
    public void Shards_are_repeatable_in_range_and_never_one_that_was_tried() =>
        Gen.Int.Sample(seed =>
        {
            var (one, two) = (Picker(seed), Picker(seed));
            var tried = new List<int>();
            for (var i = 0; i < 32; i++)
            {
                var shard = one.Next(tried);
                if (shard != two.Next(tried) || tried.Contains(shard) || shard < 0 || shard >= RerankShards.Count)
                {
                    return false;
                }

                tried.Add(shard);
            }

            return true;
        });

    private static ShardPicker Picker(int seed) => new(new Random(seed), new ShardHealth(TimeProvider.System, Options));
}
