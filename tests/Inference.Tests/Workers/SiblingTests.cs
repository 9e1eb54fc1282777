using Reranker.Inference.Scoring;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Idle workers of a process take from busy ones.</summary>
public sealed class SiblingTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task An_idle_worker_takes_from_a_busy_sibling()
    {
        var busy = _fixture.Manual();
        var idle = _fixture.Manual();
        var worker = _fixture.Start(busy);
        var first = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await busy.NextRunAsync();

        // Not before: a lane that is about to form its batch looks busy, and an idle sibling may be quicker.
        _fixture.Start(idle);
        var second = worker.ScoreAsync(Works.Of([11]), CancellationToken.None);

        (await idle.NextRunAsync()).Complete();
        Assert.Equal(WorkOutcome.Ok, (await second.Soon()).Outcome);
        run.Complete();
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
    }

    [Fact]
    public async Task An_idle_worker_is_woken_for_what_a_batch_left_behind()
    {
        var one = _fixture.Manual(maxBatchPairs: 1);
        var other = _fixture.Manual(maxBatchPairs: 1);
        var worker = _fixture.Start(one);
        var sibling = _fixture.Start(other);

        // After a run of its own the sibling's lanes sleep and look at nothing by themselves.
        var warm = sibling.ScoreAsync(Works.Of([5]), CancellationToken.None);
        (await other.NextRunAsync()).Complete();
        await warm.Soon();
        var work = worker.ScoreAsync(Works.Of([10, 11]), CancellationToken.None);

        var runs = await Task.WhenAll(one.NextRunAsync(), other.NextRunAsync());
        Array.ForEach(runs, r => r.Complete());
        Assert.Equal(WorkOutcome.Ok, (await work.Soon()).Outcome);
    }
}
