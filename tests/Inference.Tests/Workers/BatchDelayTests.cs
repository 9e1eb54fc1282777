using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Works that wait for others are run when they have waited long enough, whatever the timers do.</summary>
public sealed class BatchDelayTests
{
    private static readonly WorkerOptions FiveMilliseconds = new() { MaxBatchDelay = TimeSpan.FromMilliseconds(5) };

    [Fact]
    public async Task A_timer_that_goes_off_before_the_clock_says_so_loses_no_work()
    {
        var time = new ShiftedTime { Early = TimeSpan.FromMilliseconds(0.3) };
        using var engine = new ManualEngine(TestEngines.Describe(), new LinearCost(1));
        await using var worker = Start(engine, time);
        var scored = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);

        time.Advance(TimeSpan.FromMilliseconds(4.8));

        // A lane that was woken looks at the clock before it says more.
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(engine.HasRun);
        time.Advance(TimeSpan.FromMilliseconds(2));

        (await engine.NextRunAsync()).Complete();
        Assert.Equal(WorkOutcome.Ok, (await scored.Soon()).Outcome);
    }

    [Fact]
    public async Task A_worker_that_drains_waits_for_nothing_more()
    {
        using var engine = new ManualEngine(TestEngines.Describe(), new LinearCost(1));
        engine.LetAllGo();
        await using var worker = Start(engine, new ShiftedTime());
        var scored = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);

        await worker.DrainAsync(CancellationToken.None).Soon();

        Assert.Equal(WorkOutcome.Ok, (await scored.Soon()).Outcome);
    }

    private static ScoringWorker Start(ManualEngine engine, ShiftedTime time)
        => new(0, [engine], FiveMilliseconds, new WorkerGroup(), time, NullLogger<ScoringWorker>.Instance);
}
