using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>Only a run that was watched for so long counts as hung.</summary>
public sealed class PausedProcessTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Time_in_which_the_process_was_stopped_is_no_time_in_which_a_run_hung()
    {
        var time = new ShiftedTime();
        using var engine = new ManualEngine(TestEngines.Describe(), new LinearCost(1));
        await using var worker = new ScoringWorker(
            0, [engine], new WorkerOptions { HungAfterAtLeast = TimeSpan.FromSeconds(5) }, new WorkerGroup(), time, NullLogger<ScoringWorker>.Instance);
        var scored = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();

        time.Advance(4 * Tick);
        time.Pause(TimeSpan.FromSeconds(22));
        time.Advance(4 * Tick);

        Assert.False(worker.Status.Lost);
        run.Complete();
        Assert.Equal(WorkOutcome.Ok, (await scored.Soon()).Outcome);
        Assert.True(worker.Status.Ready);
    }

    [Fact]
    public async Task A_run_that_does_not_end_after_a_pause_either_is_hung()
    {
        var time = new ShiftedTime();
        using var engine = new ManualEngine(TestEngines.Describe(), new LinearCost(1));
        await using var worker = new ScoringWorker(
            0, [engine], new WorkerOptions { HungAfterAtLeast = TimeSpan.FromSeconds(5) }, new WorkerGroup(), time, NullLogger<ScoringWorker>.Instance);
        var scored = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        await engine.NextRunAsync();
        time.Pause(TimeSpan.FromSeconds(22));

        time.Advance(TimeSpan.FromSeconds(6));

        Assert.True(worker.Status.Lost);
        Assert.Equal(WorkOutcome.DeviceLost, (await scored.Soon()).Outcome);
    }
}
