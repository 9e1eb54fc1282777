using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Admission;

public sealed class RefusalPaceTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void A_second_s_worth_is_answered_at_once_and_what_follows_at_the_rate()
    {
        var pace = Create(10);

        Assert.All(Take(pace, 10), static task => Assert.True(task.IsCompleted));
        var held = Take(pace, 3);

        Assert.All(held, static task => Assert.False(task.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal([true, false, false], held.Select(static task => task.IsCompleted));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.All(held, static task => Assert.True(task.IsCompleted));
    }

    [Fact]
    public void Nobody_is_held_back_longer_than_a_tenth_of_its_time_or_a_second()
    {
        var pace = Create(10);
        Take(pace, 100);

        var urgent = pace.WaitTurnAsync("tenant", TimeSpan.FromSeconds(2), CancellationToken.None);
        var patient = pace.WaitTurnAsync("tenant", Minute, CancellationToken.None);

        _time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(urgent.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(urgent.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(799));
        Assert.False(patient.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(patient.IsCompleted);
    }

    [Fact]
    public void A_flood_holds_back_its_own_tenant_alone_and_not_after_its_end()
    {
        var pace = Create(10);
        Take(pace, 1_000);

        Assert.True(pace.WaitTurnAsync("other", Minute, CancellationToken.None).IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.All(Take(pace, 10), static task => Assert.True(task.IsCompleted));
    }

    [Fact]
    public async Task A_caller_that_leaves_waits_no_more()
    {
        var pace = Create(10);
        Take(pace, 20);
        using var left = new CancellationTokenSource();
        var held = pace.WaitTurnAsync("tenant", Minute, left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
    }

    [Fact]
    public void Zero_holds_nothing_back()
        => Assert.All(Take(Create(0), 1_000), static task => Assert.True(task.IsCompleted));

    private static Task[] Take(RefusalPace pace, int count)
        => [.. Enumerable.Range(0, count).Select(_ => pace.WaitTurnAsync("tenant", Minute, CancellationToken.None))];

    private RefusalPace Create(int refusalsPerSecond)
        => new(Options.Create(new GatewayOptions { RefusalsPerSecond = refusalsPerSecond }), _time);
}
