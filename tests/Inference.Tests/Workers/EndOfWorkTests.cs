using Reranker.Inference.Scoring;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Work that expires, is cancelled or meets the end of its worker has an outcome, and does not run when it need not.</summary>
public sealed class EndOfWorkTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Expired_work_ends_with_all_of_its_request_and_never_runs()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var request = Guid.NewGuid();
        var expiring = worker.ScoreAsync(Works.Of([10, 10], request: request, remaining: TimeSpan.FromSeconds(1)), CancellationToken.None);
        var sibling = worker.ScoreAsync(Works.Of([10], request: request), CancellationToken.None);
        var stranger = worker.ScoreAsync(Works.Of([11]), CancellationToken.None);

        _fixture.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(WorkOutcome.Expired, (await expiring.Soon()).Outcome);
        Assert.Equal(WorkOutcome.Cancelled, (await sibling.Soon()).Outcome);

        run.Complete();
        run = await engine.NextRunAsync();
        Assert.Equal([11], run.Pairs.Select(p => p.Length));
        run.Complete();
        Assert.All(await Task.WhenAll(running, stranger).Soon(), r => Assert.Equal(WorkOutcome.Ok, r.Outcome));
    }

    [Fact]
    public async Task Pairs_of_cancelled_works_never_run()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = Enumerable.Range(0, 1000)
            .Select(i => worker.ScoreAsync(Works.Of([4, 4, 4], tenant: $"{i % 7}"), cancellation.Token)).ToArray();
        var kept = worker.ScoreAsync(Works.Of([12]), CancellationToken.None);

        await cancellation.CancelAsync();
        Assert.All(await Task.WhenAll(cancelled).Soon(), r => Assert.Equal(WorkOutcome.Cancelled, r.Outcome));

        // The one that is left waits in the queue, or in the batch that was formed ahead while the device was busy.
        Assert.InRange(worker.Status.QueuedTokens, 0, 12);
        run.Complete();
        run = await engine.NextRunAsync();
        Assert.Equal([12], run.Pairs.Select(p => p.Length));
        run.Complete();
        Assert.Equal(WorkOutcome.Ok, (await running.Soon()).Outcome);
        Assert.Equal(WorkOutcome.Ok, (await kept.Soon()).Outcome);
    }

    [Fact]
    public async Task A_cancelled_token_ends_work_before_it_is_queued()
    {
        var worker = _fixture.Start(_fixture.Manual());
        var result = await worker.ScoreAsync(Works.Of([4]), new CancellationToken(canceled: true)).Soon();
        Assert.Equal(WorkOutcome.Cancelled, result.Outcome);
        Assert.Equal(0, worker.Status.QueuedTokens);
    }

    [Fact]
    public async Task Draining_finishes_what_is_queued_and_takes_no_more()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var waiting = worker.ScoreAsync(Works.Of([20]), CancellationToken.None);

        var drained = worker.DrainAsync(CancellationToken.None);
        Assert.Equal(WorkOutcome.Draining, (await worker.ScoreAsync(Works.Of([5]), CancellationToken.None).Soon()).Outcome);
        Assert.True(worker.Status is { Draining: true, Ready: false });
        run.Complete();
        run = await engine.NextRunAsync();
        Assert.False(drained.IsCompleted);
        run.Complete();

        await drained.Soon();
        Assert.All(await Task.WhenAll(running, waiting).Soon(), r => Assert.Equal(WorkOutcome.Ok, r.Outcome));
    }

    [Fact]
    public async Task Disposing_completes_every_work()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var waiting = Enumerable.Range(0, 50).Select(_ => worker.ScoreAsync(Works.Of([20]), CancellationToken.None)).ToArray();

        var disposed = worker.DisposeAsync().AsTask();
        run.Complete();
        await disposed.Soon();

        Assert.Equal(WorkOutcome.Ok, (await running.Soon()).Outcome);
        Assert.All(await Task.WhenAll(waiting).Soon(), r => Assert.Equal(WorkOutcome.Draining, r.Outcome));
        Assert.Equal(WorkOutcome.Draining, (await worker.ScoreAsync(Works.Of([5]), CancellationToken.None).Soon()).Outcome);
    }
}
