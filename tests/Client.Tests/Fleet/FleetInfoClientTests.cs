using Reranker.Client.Tests.Fakes;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client.Tests.Fleet;

public sealed class FleetInfoClientTests : IDisposable
{
    private static readonly FleetInfo Info = new() { Models = [], Workers = [], Hint = new FleetHint { TokensPerSecond = 5, ReadyWorkers = 1 } };
    private readonly ClientHost _host = new();
    private int _asked;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task One_answer_serves_everybody_for_a_second_and_gives_its_hint()
    {
        _host.Grains.OnFleet = Answer;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(1, _asked);
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        await _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, _asked);
        Assert.Equal(5, _host.Fleet.FindHint()!.Value.TokensPerSecond);
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_unavailable_after_the_timeout_and_the_next_call_asks_again()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Grains.OnFleet = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource<FleetInfo>().Task;
        };

        var pending = _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);
        await asked.Task;
        _host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RerankOutcome.Unavailable, (await Assert.ThrowsAsync<RerankException>(() => pending)).Outcome);
        _host.Grains.OnFleet = Answer;
        Assert.Same(Info, await _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_silo_that_hangs_is_not_waited_for_when_another_one_answers()
    {
        var asked = 0;
        _host.Grains.OnFleet = _ => Interlocked.Increment(ref asked) == 1 ? new TaskCompletionSource<FleetInfo>().Task : Task.FromResult(Info);

        var pending = _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);
        while (!pending.IsCompleted)
        {
            _host.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.Same(Info, await pending);
        Assert.True(_host.Fleet.IsReachable);
    }

    [Fact]
    public async Task Silos_that_refuse_are_asked_one_after_the_other_without_a_wait()
    {
        var asked = 0;
        _host.Grains.OnFleet = _ => Interlocked.Increment(ref asked) < 3
            ? Task.FromException<FleetInfo>(new TimeoutException())
            : Task.FromResult(Info);

        Assert.Same(Info, await _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_known_before_all_were_lost_serves_nobody_afterwards()
    {
        _host.Grains.OnFleet = Answer;
        await _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);
        _host.Contact.NotifyClusterConnectionLost();
        Assert.False(_host.Fleet.IsReachable);

        await _host.Fleet.GetFleetAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _asked);
        Assert.True(_host.Fleet.IsReachable);
    }

    private Task<FleetInfo> Answer(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        return Task.FromResult(Info);
    }
}
