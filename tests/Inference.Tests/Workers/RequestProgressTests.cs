using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;

namespace Reranker.Inference.Tests.Workers;

/// <summary>What a worker says of a request that somebody waits for.</summary>
public sealed class RequestProgressTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Work_runs_waits_or_is_not_there()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 100);
        var worker = _fixture.Start(engine);
        WorkItem first = Works.Of([50]), second = Works.Of([50]);
        var running = worker.ScoreAsync(first, CancellationToken.None);
        var run = await engine.NextRunAsync();
        var waiting = worker.ScoreAsync(second, CancellationToken.None);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal((RequestStage.Running, 2, 5), Status(worker, first));
        Assert.Equal((RequestStage.Waiting, 2, 5), Status(worker, second));
        Assert.Equal(RequestStage.Absent, worker.FindProgress(first.ModelIdentity, Guid.NewGuid()).Stage);
        Assert.Equal(default, worker.FindProgress("another model", first.RequestId));

        run.Complete();
        (await engine.NextRunAsync()).Complete();
        await Task.WhenAll(running, waiting).Soon();
        Assert.Equal(RequestStage.Absent, worker.FindProgress(first.ModelIdentity, first.RequestId).Stage);
    }

    [Fact]
    public async Task A_device_that_hangs_looks_busier_the_longer_it_does()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 100);
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([50]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(5), worker.Status.InFlight);

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(4));
        Assert.Equal(TimeSpan.FromMilliseconds(1), worker.Status.InFlight);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.Equal(TimeSpan.FromMilliseconds(100), worker.Status.InFlight);

        run.Complete();
        await running.Soon();
    }

    private static (RequestStage Where, double Running, double Predicted) Status(ScoringWorker worker, WorkItem work)
    {
        var status = worker.FindProgress(work.ModelIdentity, work.RequestId);
        return (status.Stage, status.Running.TotalMilliseconds, status.Predicted.TotalMilliseconds);
    }
}
