using CsCheck;
using Reranker.Client.Attempts;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests.Attempts;

public sealed class AttemptTimingTests
{
    private static readonly RerankerClientOptions Options = new();

    [Fact]
    public void A_hint_that_says_nothing_means_no_attempt_timeout()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, AttemptTiming.Timeout(null, 100, 0, Options));
        Assert.Equal(Timeout.InfiniteTimeSpan, AttemptTiming.Timeout(default(FleetHint), 100, 0, Options));
    }

    [Fact]
    public void A_slow_fleet_gets_the_time_it_needs()
    {
        // A CPU at 300 tokens a second needs 30 s for this one: nobody may ask twice before that.
        var timeout = AttemptTiming.Timeout(new FleetHint { TokensPerSecond = 300, ReadyWorkers = 1 }, 9000, 0, Options);

        Assert.True(timeout > TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void The_timeout_is_never_below_the_floor_nor_below_what_the_fleet_expects_and_grows_with_every_attempt() =>
        Gen.Select(Gen.Double[0.1, 1e6], Gen.Double[1, 1e6], Gen.Int[0, 60_000], Gen.Int[1, 64]).Sample((tokensPerSecond, tokens, wait, workers) =>
        {
            var hint = new FleetHint { TokensPerSecond = tokensPerSecond, ExpectedWaitMilliseconds = wait, ReadyWorkers = workers };
            var first = AttemptTiming.Timeout(hint, tokens, 0, Options);
            var second = AttemptTiming.Timeout(hint, tokens, 1, Options);
            var expected = TimeSpan.FromSeconds(Math.Min((wait / 1000.0) + (tokens / tokensPerSecond), 1e9));
            return first == Timeout.InfiniteTimeSpan
                ? second == first && expected * workers * Options.AttemptTimeoutFactor > Limits.MaxDeadline - TimeSpan.FromSeconds(1)
                : first >= Options.AttemptTimeoutFloor && first >= expected && (second > first || second == Timeout.InfiniteTimeSpan);
        });

    [Fact]
    public void The_backoff_doubles_within_its_bounds() =>
        Gen.Select(Gen.Int[1, 32], Gen.Double[0, 1]).Sample((failures, share) =>
        {
            var pause = AttemptTiming.Backoff(failures, share, Options);
            var full = TimeSpan.FromSeconds(Math.Min(Options.MaxBackoff.TotalSeconds, Options.Backoff.TotalSeconds * Math.Pow(2, failures - 1)));
            return pause >= full / 2 - TimeSpan.FromTicks(1) && pause <= full;
        });

    [Fact]
    public void Shards_are_repeatable_in_range_and_never_the_last_one() =>
        Gen.Int.Sample(seed =>
        {
            var (one, two) = (new ShardPicker(new Random(seed)), new ShardPicker(new Random(seed)));
            int? last = null;
            for (var i = 0; i < 20; i++)
            {
                var shard = one.Next(last);
                if (shard != two.Next(last) || shard == last || shard < 0 || shard >= RerankShards.Count)
                {
                    return false;
                }

                last = shard;
            }

            return true;
        });
}
