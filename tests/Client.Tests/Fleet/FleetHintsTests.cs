using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Fleet;
using Reranker.Fleet;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Fleet;

public sealed class FleetHintsTests
{
    private static readonly FleetInfo TwoModels = new()
    {
        Models = [Model("fast", "f1"), Model("slow", "s1")],
        Workers = [],
        Hints = [Hint("f1", 1_000), Hint("s1", 10)],
    };

    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly FleetHints _hints;

    public FleetHintsTests() => _hints = new FleetHints(_time);

    [Fact]
    public void A_wait_that_was_told_of_is_over_when_its_time_has_passed()
    {
        _hints.Update(null, Hint("f1", 1_000) with { ExpectedWaitMilliseconds = 1500 });

        Assert.Equal(1500, _hints.FindHint(null)?.ExpectedWaitMilliseconds);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(900, _hints.FindHint(null)?.ExpectedWaitMilliseconds);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 1_000), (_hints.FindHint(null)!.Value.ExpectedWaitMilliseconds, _hints.FindHint(null)!.Value.TokensPerSecond));
    }

    [Fact]
    public void An_empty_hint_replaces_nothing()
    {
        Assert.Null(_hints.FindHint(null));
        _hints.Update(null, Hint("f1", 1_000));
        _hints.Update(null, default);
        Assert.Equal(1_000, _hints.FindHint(null)?.TokensPerSecond);
    }

    [Fact]
    public void One_models_hint_says_nothing_of_another()
    {
        _hints.Update("fast", Hint("f1", 1_000));

        Assert.Null(_hints.FindHint("slow"));
        Assert.Null(_hints.FindHint(null));
        _hints.Update("slow", Hint("s1", 10) with { ExpectedWaitMilliseconds = 90_000 });
        Assert.Equal((1_000, 0), (_hints.FindHint("fast")!.Value.TokensPerSecond, _hints.FindHint("fast")!.Value.ExpectedWaitMilliseconds));
        Assert.Equal(10, _hints.FindHint("s1")?.TokensPerSecond);
    }

    [Fact]
    public void The_fleet_gives_the_hints_of_all_its_models_and_the_first_is_the_default()
    {
        _hints.Update(TwoModels);

        Assert.Equal(1_000, _hints.FindHint(null)?.TokensPerSecond);
        Assert.Equal(1_000, _hints.FindHint("f1")?.TokensPerSecond);
        Assert.Equal(10, _hints.FindHint("slow")?.TokensPerSecond);
    }

    [Fact]
    public void A_model_that_left_the_fleet_is_forgotten()
    {
        _hints.Update(TwoModels);
        _hints.Update(new FleetInfo { Models = [Model("slow", "s1")], Workers = [], Hints = [Hint("s1", 10)] });

        Assert.Null(_hints.FindHint("fast"));
        Assert.Null(_hints.FindHint("f1"));
        Assert.Equal(10, _hints.FindHint(null)?.TokensPerSecond);
    }

    [Fact]
    public void A_silo_that_does_not_say_whose_hint_it_is_speaks_for_all()
    {
        _hints.Update("any", new FleetHint { TokensPerSecond = 7 });

        Assert.Equal(7, _hints.FindHint("any")?.TokensPerSecond);
        Assert.Equal(7, _hints.FindHint("other")?.TokensPerSecond);
        Assert.Equal(7, _hints.FindHint(null)?.TokensPerSecond);
    }

    private static FleetHint Hint(string identity, double tokensPerSecond)
        => new() { ModelIdentity = identity, TokensPerSecond = tokensPerSecond, ReadyWorkers = 1 };

    private static ModelInfo Model(string name, string identity)
        => new() { Name = name, Identity = identity, Precision = "fp16", MaxPairTokens = 512 };
}
