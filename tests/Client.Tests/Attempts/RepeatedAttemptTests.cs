using Reranker.Client.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Client.Tests.Attempts;

/// <summary>A lost answer is asked for again, as often as there are attempts and for as long as there is time.</summary>
public sealed class RepeatedAttemptTests : IDisposable
{
    private readonly ClientHost _host = new();

    public static TheoryData<Exception> LostAnswers =>
    [
        new SiloUnavailableException("gone"),
        new TimeoutException("no response"),
        new GatewayTooBusyException("busy"),
        new OperationCanceledException("the silo is stopping"),
    ];

    public void Dispose() => _host.Dispose();

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_lost_answer_is_asked_for_again_on_another_shard(Exception fault)
    {
        _host.Grains.OnRerank = (call, request, _) =>
            call < 2 ? Task.FromException<RerankReply>(fault) : Task.FromResult(ScriptedGrains.Ok(request));

        var response = await _host.TryAsync();

        Assert.True(response.IsOk);
        var shards = _host.Grains.Calls.Select(static call => call.Shard).ToArray();
        Assert.Equal(3, shards.Length);
        Assert.NotEqual(shards[0], shards[1]);
        Assert.NotEqual(shards[1], shards[2]);
    }

    [Fact]
    public async Task A_draining_silo_is_left_for_another_one()
    {
        _host.Grains.OnRerank = static (call, request, _) => Task.FromResult(
            call == 0 ? new RerankReply { Outcome = RerankOutcome.Unavailable, RetryAfterMilliseconds = 50 } : ScriptedGrains.Ok(request));

        Assert.True((await _host.TryAsync()).IsOk);
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

        var response = await _host.TryAsync();

        Assert.Equal((RerankOutcome.Unavailable, "starting", TimeSpan.FromSeconds(5)), (response.Outcome, response.Error, response.RetryAfter!.Value));
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
}
