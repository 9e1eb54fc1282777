using Reranker.Client.Tests.Fakes;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests;

/// <summary>The client owns the time of a request: attempts, deadline, cancellation.</summary>
public sealed class RerankerClientTests : IDisposable
{
    private static readonly FleetHint Hint = new() { TokensPerSecond = 1000, ReadyWorkers = 1, TokensPerCharacter = 1, ExpectedWaitMilliseconds = 100 };
    private readonly ClientHost _host = new();

    public static TheoryData<Exception> LostAnswers =>
    [
        new SiloUnavailableException("gone"),
        new TimeoutException("no response"),
        new GatewayTooBusyException("busy"),
        new OperationCanceledException("the silo is stopping"),
    ];

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Scores_come_back_in_the_order_of_the_request_with_their_tokens()
    {
        var result = await _host.Reranker.RerankAsync("q", ["aaa", "", "aa"], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([(0, 3f, 7), (1, 0f, 4), (2, 2f, 6)], result.Passages.Select(static p => (p.Index, p.Logit, p.Tokens)));
        Assert.Equal(0.5, result.Passages[1].Score);
        Assert.Equal(17, result.Usage.Tokens);
        Assert.Equal([0, 2], result.Rank(2).Select(static p => p.Index));
        Assert.Equal(60_000, Assert.Single(_host.Grains.Calls).Request.RemainingMilliseconds);
    }

    [Fact]
    public async Task A_result_says_how_long_a_worker_had_it()
    {
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { WorkerMicroseconds = 1_500 });

        Assert.Equal(TimeSpan.FromMilliseconds(1.5), (await TryAsync()).Result!.WorkerTime);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_lost_answer_is_asked_for_again_on_another_shard(Exception fault)
    {
        _host.Grains.OnRerank = (call, request, _) =>
            call < 2 ? Task.FromException<RerankReply>(fault) : Task.FromResult(ScriptedGrains.Ok(request));

        var response = await TryAsync();

        Assert.True(response.IsOk);
        var shards = _host.Grains.Calls.Select(static call => call.Shard).ToArray();
        Assert.Equal(3, shards.Length);
        Assert.NotEqual(shards[0], shards[1]);
        Assert.NotEqual(shards[1], shards[2]);
    }

    [Fact]
    public async Task A_client_that_has_not_reached_its_cluster_says_that_nothing_is_available()
    {
        _host.Grains.IsConnected = false;

        var response = await TryAsync();

        Assert.Equal((RerankOutcome.Unavailable, TimeSpan.FromSeconds(1)), (response.Outcome, response.RetryAfter));
        var error = await Assert.ThrowsAsync<RerankException>(() => _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(RerankOutcome.Unavailable, error.Outcome);
    }

    [Fact]
    public async Task A_draining_silo_is_left_for_another_one()
    {
        _host.Grains.OnRerank = static (call, request, _) => Task.FromResult(
            call == 0 ? new RerankReply { Outcome = RerankOutcome.Unavailable, RetryAfterMilliseconds = 50 } : ScriptedGrains.Ok(request));

        Assert.True((await TryAsync()).IsOk);
    }

    [Theory]
    [InlineData(RerankOutcome.Invalid)]
    [InlineData(RerankOutcome.TooLong)]
    [InlineData(RerankOutcome.UnknownModel)]
    [InlineData(RerankOutcome.Busy)]
    [InlineData(RerankOutcome.Expired)]
    [InlineData(RerankOutcome.Failed)]
    public async Task An_answer_that_repeating_does_not_change_is_final(RerankOutcome outcome)
    {
        _host.Grains.OnRerank = (_, _, _) => Task.FromResult(new RerankReply { Outcome = outcome, Error = "because", RetryAfterMilliseconds = 70 });

        var response = await TryAsync();

        Assert.Single(_host.Grains.Calls);
        Assert.Equal((outcome, "because", null), (response.Outcome, response.Error, response.Result));
        Assert.Equal(outcome == RerankOutcome.Busy ? TimeSpan.FromMilliseconds(70) : null, response.RetryAfter);
        var thrown = await Assert.ThrowsAsync<RerankException>(() => _host.Reranker.RerankAsync("q", ["a"], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(outcome, thrown.Outcome);
    }

    [Fact]
    public async Task A_defect_in_the_cluster_is_not_repeated()
    {
        _host.Grains.OnRerank = static (_, _, _) => Task.FromException<RerankReply>(new InvalidCastException());

        Assert.Equal(RerankOutcome.Failed, (await TryAsync()).Outcome);
        Assert.Single(_host.Grains.Calls);
    }

    [Fact]
    public async Task Attempts_are_bounded_and_end_as_unavailable()
    {
        using var host = new ClientHost(static options => options.MaxAttempts = 3);
        host.Grains.OnRerank = static (_, _, _) => Task.FromException<RerankReply>(new TimeoutException());

        var response = await host.Reranker.TryRerankAsync("q", ["a"], null, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.Unavailable, response.Outcome);
        Assert.NotNull(response.RetryAfter);
        Assert.Equal(3, host.Grains.Calls.Count);
    }

    [Fact]
    public async Task A_fleet_that_is_unavailable_everywhere_says_so_itself()
    {
        _host.Grains.OnRerank = static (_, _, _) =>
            Task.FromResult(new RerankReply { Outcome = RerankOutcome.Unavailable, Error = "starting", RetryAfterMilliseconds = 5000 });

        var response = await TryAsync();

        Assert.Equal((RerankOutcome.Unavailable, "starting", TimeSpan.FromSeconds(5)), (response.Outcome, response.Error, response.RetryAfter!.Value));
    }

    [Fact]
    public async Task Without_a_hint_an_attempt_has_the_whole_deadline()
    {
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);

        var pending = TryAsync(TimeSpan.FromSeconds(40));
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
        await LearnHintAsync();
        _host.Grains.OnRerank = static (call, request, token) => call == 1 ? ScriptedGrains.Never(token) : Task.FromResult(ScriptedGrains.Ok(request));

        var pending = TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(2);
        // Floor 200 ms, and four times 100 ms of waiting with 6 tokens at 1,000 a second: 624 ms.
        _host.Time.Advance(TimeSpan.FromMilliseconds(623));
        Assert.Equal(2, _host.Grains.Calls.Count);
        _host.Time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.True((await pending).IsOk);
        var calls = _host.Grains.Calls.ToArray();
        Assert.Equal((10_000, 9_375), (calls[1].Request.RemainingMilliseconds, calls[2].Request.RemainingMilliseconds));
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
            Assert.True((await TryAsync()).IsOk);
        }

        string? hung = null;
        _host.Grains.OnRerank = (call, request, token) => Silo(call) == (hung ??= Silo(call))
            ? ScriptedGrains.Never(token)
            : Task.FromResult(ScriptedGrains.Ok(request) with { Silo = Silo(call) });
        var pending = TryAsync(TimeSpan.FromSeconds(2));
        await _host.CallsAsync(1_501);
        _host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await pending).IsOk);
        Assert.Equal(1_502, _host.Grains.Calls.Count);
        for (var i = 0; i < 100; i++)
        {
            Assert.True((await TryAsync()).IsOk);
        }

        Assert.Equal(1_602, _host.Grains.Calls.Count);
    }

    [Fact]
    public async Task The_overdue_attempt_may_still_be_the_one_that_answers()
    {
        await LearnHintAsync();
        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = (call, _, token) => call == 1 ? first.Task : ScriptedGrains.Never(token);

        var pending = TryAsync(TimeSpan.FromSeconds(10));
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
            Assert.True((await TryAsync()).IsOk);
        }

        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        _host.Grains.Present = _ =>
        {
            Interlocked.Increment(ref asked);
            return present;
        };
        _host.Grains.OnRerank = (_, _, _) => first.Task;
        var pending = TryAsync(TimeSpan.FromSeconds(10));
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
        await LearnHintAsync();
        var first = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnRerank = (call, _, _) => call == 1 ? first.Task : Task.FromResult(new RerankReply { Outcome = RerankOutcome.Busy });

        var pending = TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(2);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await _host.CallsAsync(3);
        first.SetResult(ScriptedGrains.Ok(_host.Grains.Calls.First().Request));

        Assert.True((await pending).IsOk);
        Assert.Equal(3, _host.Grains.Calls.Count);
    }

    [Fact]
    public async Task The_callers_cancellation_ends_the_request_and_nothing_is_repeated()
    {
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);
        using var cancellation = new CancellationTokenSource();

        var pending = _host.Reranker.TryRerankAsync("q", ["a"], null, cancellation.Token);
        await _host.CallsAsync(1);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        var call = Assert.Single(_host.Grains.Calls);
        Assert.True(call.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_pause_separates_attempts_and_ends_with_the_deadline()
    {
        using var host = new ClientHost(static options => (options.Backoff, options.MaxBackoff) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)));
        host.Grains.OnRerank = static (_, _, _) => Task.FromException<RerankReply>(new TimeoutException());

        var response = await host.Reranker.TryRerankAsync(
            "q", ["a"], new RerankOptions { Deadline = TimeSpan.FromSeconds(4) }, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.Unavailable, response.Outcome);
        Assert.Single(host.Grains.Calls);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task A_score_that_is_no_number_fails_the_request(float logit)
    {
        _host.Grains.OnRerank = (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Logits = [logit] });

        Assert.Equal(RerankOutcome.Failed, (await TryAsync()).Outcome);
    }

    [Fact]
    public async Task A_reply_with_too_few_scores_fails_the_request()
    {
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Logits = [] });

        Assert.Equal(RerankOutcome.Failed, (await TryAsync()).Outcome);
    }

    private async Task LearnHintAsync()
    {
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request, Hint));
        Assert.True((await TryAsync()).IsOk);
        Assert.Equal(Hint, _host.Fleet.Hint);
    }

    private Task<RerankResponse> TryAsync(TimeSpan? deadline = null) =>
        _host.Reranker.TryRerankAsync("q", ["a"], new RerankOptions { Deadline = deadline }, TestContext.Current.CancellationToken);
}
