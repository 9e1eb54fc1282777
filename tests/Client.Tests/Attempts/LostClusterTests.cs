using Orleans.Runtime.Messaging;
using Reranker.Client.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Client.Tests.Attempts;

/// <summary>When all silos are lost, callers are told at once instead of when their deadlines pass.</summary>
public sealed class LostClusterTests : IDisposable
{
    private readonly ClientHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_request_under_way_is_refused_when_the_last_connection_is_lost()
    {
        _host.Grains.OnRerank = static (call, _, token) => call == 0 ? ScriptedGrains.Never(token) : Refuse();
        var pending = _host.TryAsync();
        await _host.CallsAsync(1);
        Lose();

        var response = await pending;
        Assert.Equal(RerankOutcome.Unavailable, response.Outcome);
        Assert.NotNull(response.RetryAfter);
        Assert.Equal(2, _host.Grains.Calls.Count);
        Assert.False(_host.Fleet.IsReachable);
    }

    [Fact]
    public async Task A_request_under_way_is_answered_when_a_silo_can_be_reached_again_by_then()
    {
        _host.Grains.OnRerank = static (call, request, token) => call == 0 ? ScriptedGrains.Never(token) : Task.FromResult(ScriptedGrains.Ok(request));
        var pending = _host.TryAsync();
        await _host.CallsAsync(1);
        Lose();

        Assert.True((await pending).IsOk);
        Assert.True(_host.Fleet.IsReachable);
    }

    [Fact]
    public async Task An_attempt_that_follows_a_fault_and_the_loss_of_all_connections_is_no_part_of_that_loss()
    {
        using var host = new ClientHost(static options => options.Backoff = TimeSpan.FromMilliseconds(10));
        var second = new TaskCompletionSource<RerankReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Grains.OnRerank = (call, _, _) => call == 0 ? Task.FromException<RerankReply>(new SiloUnavailableException("gone")) : second.Task;
        var pending = host.TryAsync();
        await host.CallsAsync(1);
        host.Contact.NotifyClusterConnectionLost();
        await Until.TrueAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
            return host.Grains.Calls.Count == 2;
        });
        second.SetResult(ScriptedGrains.Ok(host.Grains.Calls.First().Request));

        Assert.True((await pending.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).IsOk);
        Assert.Equal(2, host.Grains.Calls.Count);
    }

    [Fact]
    public async Task A_request_that_comes_while_no_silo_can_be_reached_is_tried_once()
    {
        Lose();
        _host.Grains.OnRerank = static (_, _, _) => Refuse();

        Assert.Equal(RerankOutcome.Unavailable, (await _host.TryAsync()).Outcome);
        Assert.Single(_host.Grains.Calls);
    }

    [Fact]
    public async Task A_request_that_comes_while_connections_cannot_even_be_refused_has_the_time_of_a_sign_of_life()
    {
        Lose();
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);
        var pending = _host.TryAsync();
        await _host.CallsAsync(1);
        Assert.False(pending.IsCompleted);
        _host.Time.Advance(new RerankerClientOptions().PresenceTimeout);

        Assert.Equal(RerankOutcome.Unavailable, (await pending).Outcome);
    }

    [Fact]
    public async Task A_silo_that_says_that_it_is_there_has_the_whole_deadline_of_a_request_again()
    {
        Lose();
        _host.Grains.Present = static _ => "silo";
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);
        var pending = _host.TryAsync(TimeSpan.FromSeconds(10));
        await _host.CallsAsync(1);
        await Until.TrueAsync(() =>
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(1));
            return _host.Fleet.IsReachable;
        });
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(pending.IsCompleted);
        await Until.TrueAsync(() =>
        {
            _host.Time.Advance(TimeSpan.FromSeconds(1));
            return pending.IsCompleted;
        });

        Assert.Equal(RerankOutcome.Expired, (await pending).Outcome);
    }

    [Fact]
    public async Task Silos_that_leave_a_question_unanswered_count_as_lost_until_one_answers()
    {
        _host.Grains.OnFleet = static _ => new TaskCompletionSource<Reranker.Fleet.FleetInfo>().Task;
        var asked = _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);
        while (!asked.IsCompleted)
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<RerankException>(() => asked);
        Assert.False(_host.Fleet.IsReachable);
        _host.Grains.OnRerank = static (_, _, token) => ScriptedGrains.Never(token);
        var pending = _host.TryAsync();
        await _host.CallsAsync(1);
        _host.Time.Advance(new RerankerClientOptions().PresenceTimeout);
        Assert.Equal(RerankOutcome.Unavailable, (await pending).Outcome);

        _host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request));
        Assert.True((await _host.TryAsync()).IsOk);
        Assert.True(_host.Fleet.IsReachable);
    }

    private static Task<RerankReply> Refuse() => Task.FromException<RerankReply>(new ConnectionFailedException("refused"));

    private void Lose() => _host.Contact.NotifyClusterConnectionLost();
}
