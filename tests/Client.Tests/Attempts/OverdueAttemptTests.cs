using Reranker.Client.Tests.Fakes;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests.Attempts;

/// <summary>An attempt that should long have ended gets another one beside it, and is not given up.</summary>
public sealed class OverdueAttemptTests : IDisposable
{
    private static readonly FleetHint Hint = new() { TokensPerSecond = 1000, ReadyWorkers = 1, TokensPerCharacter = 1, ExpectedWaitMilliseconds = 100 };
    private readonly ClientHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Without_a_hint_an_attempt_has_the_whole_deadline()
    {
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);

        var pending = _host.TryAsync(TimeSpan.FromSeconds(40));
        await _host.CallsAsync(1);
        _host.Time.Advance(TimeSpan.FromSeconds(39));
        Assert.False(pending.IsCompleted);
        Assert.Single(_host.Grains.Calls);
        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RerankOutcome.Expired, (await pending).Outcome);
        Assert.True(_host.Grains.Calls.Single().Token.IsCancellationRequested);
    }

    [Fact]
    public async Task An_overdue_attempt_gets_another_one_beside_it_with_the_time_that_is_left()
    {
        await _host.LearnHintAsync(Hint);
        _host.Grains.OnRerank = static (call, request, token) => call == 1 ? ScriptedGrains.Never(token) : Task.FromResult(ScriptedGrains.Ok(request));

        var pending = _host.TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(2);
        // Floor 100 ms, and four times 100 ms of waiting with 6 tokens at 1,000 a second: 524 ms.
        _host.Time.Advance(TimeSpan.FromMilliseconds(523));
        Assert.Equal(2, _host.Grains.Calls.Count);
        _host.Time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.True((await pending).IsOk);
        var calls = _host.Grains.Calls.ToArray();
        Assert.Equal((10_000, 9_475), (calls[1].Request.RemainingMilliseconds, calls[2].Request.RemainingMilliseconds));
        Assert.True(calls[1].Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_silo_that_hangs_costs_one_request_its_patience_and_the_next_ones_nothing()
    {
        // Shard n belongs to silo n % 3.
        string Silo(int call) => $"silo-{_host.Grains.Calls.ElementAt(call).Shard % 3}";
        _host.Grains.OnRerank = (call, request, _) => Task.FromResult(ScriptedGrains.Ok(request, Hint) with { Silo = Silo(call) });
        for (var i = 0; i < 1_500; i++)
        {
            Assert.True((await _host.TryAsync()).IsOk);
        }

        string? hung = null;
        _host.Grains.OnRerank = (call, request, token) => Silo(call) == (hung ??= Silo(call))
            ? ScriptedGrains.Never(token)
            : Task.FromResult(ScriptedGrains.Ok(request) with { Silo = Silo(call) });
        var pending = _host.TryAsync(TimeSpan.FromSeconds(2));
        await _host.CallsAsync(1_501);
        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await pending).IsOk);
        Assert.Equal(1_502, _host.Grains.Calls.Count);
        for (var i = 0; i < 100; i++)
        {
            Assert.True((await _host.TryAsync()).IsOk);
        }

        Assert.Equal(1_602, _host.Grains.Calls.Count);
    }

    [Fact]
    public async Task The_overdue_attempt_may_still_be_the_one_that_answers()
    {
        await _host.LearnHintAsync(Hint);
        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = (call, _, token) => call == 1 ? first.Task : ScriptedGrains.Never(token);

        var pending = _host.TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(2);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await _host.CallsAsync(3);
        Assert.False(_host.Grains.Calls.ElementAt(1).Token.IsCancellationRequested);
        first.SetResult(ScriptedGrains.Ok(_host.Grains.Calls.First().Request));

        Assert.True((await pending).IsOk);
    }

    [Theory]
    [InlineData("silo", 0)]
    [InlineData("its successor", 1)]
    public async Task An_overdue_attempt_is_copied_unless_the_silo_that_has_it_says_that_it_is_there(string present, int copies)
    {
        // Every shard is this silo's, and the client knows it.
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request, Hint) with { Silo = "silo", Silos = 1 });
        for (var i = 0; i < 200; i++)
        {
            Assert.True((await _host.TryAsync()).IsOk);
        }

        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        _host.Grains.Present = _ =>
        {
            Interlocked.Increment(ref asked);
            return present;
        };
        _host.Grains.OnRerank = (_, _, _) => first.Task;
        var pending = _host.TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(201);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        while (Volatile.Read(ref asked) == 0)
        {
            await Task.Yield();
        }

        await _host.CallsAsync(201 + copies);
        first.SetResult(ScriptedGrains.Ok(_host.Grains.Calls.First().Request));
        Assert.True((await pending).IsOk);
        Assert.Equal(201 + copies, _host.Grains.Calls.Count);
    }

    [Fact]
    public async Task A_refusal_of_the_copy_does_not_end_a_request_whose_first_attempt_still_runs()
    {
        await _host.LearnHintAsync(Hint);
        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = (call, _, _) => call == 1 ? first.Task : Task.FromResult(new RerankReply { Outcome = RerankOutcome.Busy });

        var pending = _host.TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(2);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await _host.CallsAsync(3);
        first.SetResult(ScriptedGrains.Ok(_host.Grains.Calls.First().Request));

        Assert.True((await pending).IsOk);
        Assert.Equal(3, _host.Grains.Calls.Count);
    }

    [Fact]
    public async Task A_caller_who_cancels_while_a_silo_is_asked_for_gets_a_cancellation_by_its_own_token()
    {
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request, Hint) with { Silo = "silo", Silos = 1 });
        for (var i = 0; i < 200; i++)
        {
            Assert.True((await _host.TryAsync()).IsOk);
        }

        using var cancellation = new CancellationTokenSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);
        _host.Grains.OnPresence = (_, _) =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource<string>().Task;
        };
        var pending = _host.Reranker.TryRerankAsync("q", ["a"], new RerankOptions { Deadline = TimeSpan.FromSeconds(10) }, cancellation.Token);
        await _host.CallsAsync(201);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await asked.Task;
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal(cancellation.Token, error.CancellationToken);
    }
}
