using Reranker.Client.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Client.Tests.Reranking;

/// <summary>What a request gets through the client: scores in its own order, or one outcome.</summary>
public sealed class RerankerClientTests : IDisposable
{
    private readonly ClientHost _host = new();

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

        Assert.Equal(TimeSpan.FromMilliseconds(1.5), (await _host.TryAsync()).Result!.WorkerTime);
    }

    [Fact]
    public async Task A_client_that_has_not_reached_its_cluster_says_that_nothing_is_available()
    {
        _host.Grains.IsConnected = false;

        var response = await _host.TryAsync();

        Assert.Equal((RerankOutcome.Unavailable, TimeSpan.FromSeconds(1)), (response.Outcome, response.RetryAfter));
        var error = await Assert.ThrowsAsync<RerankException>(() => _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken));
        Assert.Equal(RerankOutcome.Unavailable, error.Outcome);
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

        var response = await _host.TryAsync();

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

        Assert.Equal(RerankOutcome.Failed, (await _host.TryAsync()).Outcome);
        Assert.Single(_host.Grains.Calls);
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
    public async Task A_caller_who_cancelled_is_told_nothing_else_whatever_the_transport_throws_meanwhile()
    {
        using var cancellation = new CancellationTokenSource();
        _host.Grains.OnRerank = (_, _, _) =>
        {
            cancellation.Cancel();
            return Task.FromException<RerankReply>(new SiloUnavailableException("gone"));
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.Reranker.TryRerankAsync("q", ["a"], null, cancellation.Token));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task A_score_that_is_no_number_fails_the_request(float logit)
    {
        _host.Grains.OnRerank = (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Logits = [logit] });

        Assert.Equal(RerankOutcome.Failed, (await _host.TryAsync()).Outcome);
    }

    [Fact]
    public async Task A_reply_with_too_few_scores_fails_the_request()
    {
        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Logits = [] });

        Assert.Equal(RerankOutcome.Failed, (await _host.TryAsync()).Outcome);
    }
}
