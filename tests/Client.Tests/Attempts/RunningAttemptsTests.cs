using Microsoft.Extensions.Time.Testing;
using Reranker.Attempts;
using Reranker.TestKit.Clocks;

namespace Reranker.Client.Tests.Attempts;

public sealed class RunningAttemptsTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly RunningAttempts<string, int> _running = new();
    private readonly TaskCompletionSource<int> _first = new();
    private readonly TaskCompletionSource<int> _second = new();

    public RunningAttemptsTests()
    {
        _running.Add("first", _first.Task);
        _running.Add("second", _second.Task);
    }

    [Fact]
    public async Task The_wait_ends_with_the_first_that_ends_which_is_then_taken_out()
    {
        var wait = WaitAsync(CancellationToken.None);
        Assert.False(_running.TryTakeEnded(out _, out _));
        Assert.False(wait.IsCompleted);
        _second.SetResult(7);
        await wait;

        Assert.True(_running.TryTakeEnded(out var attempt, out var end));
        Assert.Equal(("second", 7), (attempt, await end));
        Assert.Equal((1, "first"), (_running.Count, _running.Newest));
    }

    [Fact]
    public async Task Of_two_that_have_ended_the_older_one_is_taken_first_also_when_it_failed()
    {
        _second.SetResult(7);
        _first.SetException(new TimeoutException());
        await WaitAsync(CancellationToken.None);

        Assert.True(_running.TryTakeEnded(out var attempt, out var end));
        Assert.Equal("first", attempt);
        await Assert.ThrowsAsync<TimeoutException>(() => end);
    }

    [Fact]
    public async Task Time_that_is_over_and_a_cancelled_token_end_the_wait_and_no_attempt()
    {
        var patience = WaitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await patience;
        using var stop = new CancellationTokenSource();
        var stopped = WaitAsync(stop.Token);
        await stop.CancelAsync();
        await stopped;

        Assert.False(_running.TryTakeEnded(out _, out _));
        Assert.Equal(2, _running.Count);
    }

    [Fact]
    public async Task An_answer_that_is_waited_for_beside_them_ends_the_wait()
    {
        var answer = new TaskCompletionSource();
        var wait = _running.WaitForAnyAsync(answer.Task, CancellationToken.None);
        Assert.False(wait.IsCompleted);
        answer.SetResult();
        await wait;

        Assert.False(_running.TryTakeEnded(out _, out _));
    }

    [Fact]
    public void Those_that_are_released_are_handed_on_and_those_that_are_abandoned_are_not()
    {
        var released = new List<Task<int>>();
        _running.HandOverAll(released.Add);
        Assert.Equal([_first.Task, _second.Task], released);
        Assert.Equal(0, _running.Count);

        _running.Add("third", _first.Task);
        _running.AbandonAll();
        Assert.Equal(0, _running.Count);
    }

    private async Task WaitAsync(CancellationToken stop)
        => await _running.WaitForAnyAsync(TimeSpan.FromSeconds(1), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
