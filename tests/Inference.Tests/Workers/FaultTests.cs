using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>A batch that fails costs only what is to blame for it.</summary>
public sealed class FaultTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_poisoned_pair_fails_its_work_alone()
    {
        using var engine = TestEngines.Scripted(TestEngines.Instant with { PoisonedToken = Works.Poison });
        var worker = _fixture.Start(engine);
        var healthy = Enumerable.Range(0, 20).Select(i => Works.Of([3, 4, 5], marker: i + 1)).ToArray();
        var tasks = healthy.Select(w => worker.ScoreAsync(w, CancellationToken.None)).ToList();
        var poisoned = worker.ScoreAsync(Works.Of([6, 7], marker: Works.Poison), CancellationToken.None);
        tasks.AddRange(healthy.Select(w => worker.ScoreAsync(w, CancellationToken.None)));

        var result = await poisoned.Soon();
        Assert.Equal(WorkOutcome.Failed, result.Outcome);
        Assert.Empty(result.Logits);
        var results = await Task.WhenAll(tasks).Soon();
        Assert.All(results.Zip(healthy.Concat(healthy)), r => Assert.Equal(Works.Scores(r.Second), r.First.Logits));
    }

    [Fact]
    public async Task A_pair_without_a_number_fails_its_work_and_no_other()
    {
        var engine = TestEngines.Scripted(TestEngines.Instant with { NanToken = Works.Nan });
        var worker = _fixture.Start(engine);
        var healthy = worker.ScoreAsync(Works.Of([3, 4]), CancellationToken.None);
        var broken = worker.ScoreAsync(Works.Of([3, 4], marker: Works.Nan), CancellationToken.None);

        Assert.Equal(WorkOutcome.Failed, (await broken.Soon()).Outcome);
        Assert.Equal(WorkOutcome.Ok, (await healthy.Soon()).Outcome);
    }

    [Fact]
    public async Task A_fault_that_passes_costs_nobody_a_request()
    {
        var engine = TestEngines.Scripted(TestEngines.Instant with { FailEvery = 3 });
        var worker = _fixture.Start(engine);
        for (var i = 0; i < 10; i++)
        {
            var work = Works.Of([3, 4, 5], marker: i + 1);
            Assert.Equal(Works.Scores(work), (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Logits);
        }
    }

    [Fact]
    public async Task Memory_that_runs_out_makes_batches_smaller()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var task = worker.ScoreAsync(Works.Of(Works.Lengths(16, 256)), CancellationToken.None);
        var run = await engine.NextRunAsync();
        Assert.Equal(16, run.Pairs.Count);
        run.Fail(new EngineException(EngineFault.OutOfMemory, "too large"));
        foreach (var _ in (int[])[8, 8])
        {
            run = await engine.NextRunAsync();
            Assert.Equal(8, run.Pairs.Count);
            run.Complete();
        }

        Assert.Equal(WorkOutcome.Ok, (await task.Soon()).Outcome);
        _ = worker.ScoreAsync(Works.Of(Works.Lengths(16, 256)), CancellationToken.None);
        Assert.Equal(8, (await engine.NextRunAsync()).Pairs.Count);
    }

    [Fact]
    public async Task The_time_of_runs_that_failed_counts_once()
    {
        var engine = new ManualEngine(TestEngines.Describe(), new LinearCost(1));
        await using var runner = new ModelRunner(
            0, engine, new WorkerOptions(), new WorkerGroup(), (_, _) => { }, _fixture.Time, NullLogger.Instance);
        runner.OpenLanes();
        runner.StartServing();
        var scored = runner.Intake.ScoreAsync(Works.Of(Works.Lengths(4, 10)), CancellationToken.None);
        foreach (var pairs in (int[])[4, 2, 2])
        {
            var run = await engine.NextRunAsync();
            Assert.Equal(pairs, run.Pairs.Count);
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
            if (pairs == 4)
            {
                run.Fail(new EngineException(EngineFault.Batch, "fails"));
            }

            run.Complete();
        }

        Assert.Equal(WorkOutcome.Ok, (await scored.Soon()).Outcome);
        await Until.TrueAsync(() => runner.Gauges.BusySeconds > 0);
        Assert.Equal(0.03, runner.Gauges.BusySeconds, 6);
    }

    [Fact]
    public async Task Of_a_work_that_failed_no_half_is_run_any_more()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var broken = worker.ScoreAsync(Works.Of([10, 11, 12, 13]), CancellationToken.None);
        foreach (var pairs in (int[])[4, 2, 1])
        {
            var run = await engine.NextRunAsync();
            Assert.Equal(pairs, run.Pairs.Count);
            run.Fail(new EngineException(EngineFault.Batch, "fails"));
        }

        Assert.Equal(WorkOutcome.Failed, (await broken.Soon()).Outcome);
        var healthy = worker.ScoreAsync(Works.Of([20]), CancellationToken.None);
        var next = await engine.NextRunAsync();
        Assert.Equal([20], next.Pairs.Select(p => p.Length));
        next.Complete();
        Assert.Equal(WorkOutcome.Ok, (await healthy.Soon()).Outcome);
    }

    [Fact]
    public async Task A_batch_that_finds_too_little_memory_is_answered_whole_in_smaller_ones()
    {
        var engine = TestEngines.Scripted(TestEngines.Instant with { MemoryTokens = 700 }, _fixture.Time);
        var worker = _fixture.Start(engine);
        var work = Works.Of([.. Works.Lengths(40, 100), 512]);

        var result = await worker.ScoreAsync(work, CancellationToken.None).Soon();

        Assert.Equal(Works.Scores(work), result.Logits);
        Assert.False(worker.Status.Lost);
    }

    [Fact]
    public async Task A_pair_that_finds_too_little_memory_alone_fails_and_the_worker_goes_on()
    {
        var worker = _fixture.Start(TestEngines.Scripted(TestEngines.Instant with { MemoryTokens = 300 }, _fixture.Time));
        var large = worker.ScoreAsync(Works.Of([400]), CancellationToken.None);
        var work = Works.Of(Works.Lengths(20, 100));

        Assert.Equal(WorkOutcome.Failed, (await large.Soon()).Outcome);
        Assert.Equal(Works.Scores(work), (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Logits);
    }
}
