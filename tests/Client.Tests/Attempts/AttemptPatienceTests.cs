using CsCheck;
using Reranker.Client.Attempts;
using Reranker.Fleet;

namespace Reranker.Client.Tests.Attempts;

public sealed class AttemptPatienceTests
{
    private static readonly RerankerClientOptions Options = new() { AttemptTimeoutFloor = TimeSpan.FromMilliseconds(250) };

    [Fact]
    public void A_hint_that_says_nothing_means_that_nobody_asks()
    {
        Assert.Null(AttemptPatience.FindPatience(null, 100, 0, Limits.MaxDeadline, Options));
        Assert.Null(AttemptPatience.FindPatience(default(FleetHint), 100, 0, Limits.MaxDeadline, Options));
    }

    [Fact]
    public void A_slow_fleet_gets_the_time_it_needs()
    {
        // A CPU at 300 tokens a second needs 30 s for this one: nobody asks before that.
        var patience = AttemptPatience.FindPatience(new FleetHint { TokensPerSecond = 300, ReadyWorkers = 1 }, 9000, 0, TimeSpan.FromSeconds(60), Options);

        Assert.Equal(TimeSpan.FromSeconds(30), patience);
    }

    [Fact]
    public void Patience_is_never_below_the_floor_nor_below_what_the_fleet_expects_and_grows_with_every_attempt() =>
        Gen.Select(Gen.Double[0.1, 1e6], Gen.Double[1, 1e6], Gen.Int[0, 60_000], Gen.Int[1, 64]).Sample((tokensPerSecond, tokens, wait, workers) =>
        {
            var hint = new FleetHint { TokensPerSecond = tokensPerSecond, ExpectedWaitMilliseconds = wait, ReadyWorkers = workers };
            var first = AttemptPatience.FindPatience(hint, tokens, 0, TimeSpan.MaxValue, Options);
            var second = AttemptPatience.FindPatience(hint, tokens, 1, TimeSpan.MaxValue, Options);
            var expected = TimeSpan.FromSeconds(Math.Min((wait / 1000.0) + (tokens / tokensPerSecond), 1e9));
            return first is null
                ? second is null && expected * workers * Options.AttemptTimeoutFactor > Limits.MaxDeadline - TimeSpan.FromSeconds(1)
                : first >= Options.AttemptTimeoutFloor && first >= expected && (second > first || second is null);
        });

    [Theory]
    [InlineData(100, 1_000, 500)]
    [InlineData(251, 1_000, 500)]
    [InlineData(900, 1_000, 500)]
    [InlineData(900, 300, 250)]
    [InlineData(100, 1_200, 600)]
    [InlineData(100, 60_000, 650)]
    public void After_half_of_the_time_and_the_floor_it_is_time_to_ask(int wait, int remaining, int patience) =>
        Assert.Equal(
            patience,
            AttemptPatience.FindPatience(
                new FleetHint { TokensPerSecond = 1e9, ExpectedWaitMilliseconds = wait, ReadyWorkers = 1 },
                0,
                0,
                TimeSpan.FromMilliseconds(remaining),
                Options)!.Value.TotalMilliseconds,
            0.01);
}
