using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>Takes works in: checks them, queues them, and wakes who is to run them.</summary>
internal sealed class WorkIntake(ModelRunner runner, RunnerLife life, BatchDelay delay, WorkerGroup group)
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the runner takes no more work and has none left.</summary>
    public Task Idle => _idle.Task;

    public Task<ScoreResult> ScoreAsync(ScoreWork work, CancellationToken cancellationToken)
    {
        if (WorkValidation.Error(work, runner.Engine.Description) is { } error)
        {
            return Ended(WorkOutcome.Invalid, error);
        }

        if (work.Count == 0)
        {
            return Ended(WorkOutcome.Ok);
        }

        return cancellationToken.IsCancellationRequested ? Ended(WorkOutcome.Cancelled) : Enqueue(work, cancellationToken);
    }

    /// <summary>To be told when the runner leaves <see cref="RunnerState.Ready"/>, and when it stops.</summary>
    public void SignalIdle(bool evenWithWork = false)
    {
        if (evenWithWork || runner.Queue.Works == 0)
        {
            _idle.TrySetResult();
        }
    }

    private Task<ScoreResult> Enqueue(ScoreWork work, CancellationToken cancellationToken)
    {
        var longest = 0;
        for (var i = 0; i < work.Count; i++)
        {
            longest = Math.Max(longest, work.Offsets[i + 1] - work.Offsets[i]);
        }

        var cost = runner.Engine.Cost;
        var alone = cost.PredictMicroseconds([longest]);
        var now = runner.Clock.Now;
        var deadline = now + MonotonicClock.Microseconds(work.Remaining);
        var queued = new QueuedWork(work, now, deadline, deadline - (long)alone, Completed);
        var wasEmpty = runner.Queue.WaitingTokens == 0;
        var refused = life.Admit(
            queued, runner.Queue, new Admission(cost.TokensPerSecond, runner.InFlightMicroseconds, alone) { Helpers = group.CountSiblings(runner) });
        if (refused is { } outcome)
        {
            return Ended(outcome, outcome switch
            {
                WorkOutcome.DeviceLost => WorkerGroup.DeviceLostError,
                WorkOutcome.DeviceFailing => WorkerGroup.DeviceFailingError,
                _ => null,
            });
        }

        queued.Registration = cancellationToken.UnsafeRegister(
            static w => ((QueuedWork)w!).TryComplete(WorkOutcome.Cancelled, error: null), queued);
        if (queued.IsDone)
        {
            queued.Registration.Unregister();
        }

        WakeLanes(wasEmpty, now);
        return queued.Task;
    }

    private void WakeLanes(bool wasEmpty, long now)
    {
        if (wasEmpty)
        {
            delay.Begin(now);
        }

        runner.Gate.Wake();
        if (runner.Gate.IsBusy)
        {
            group.WakeIdle(runner);
        }
    }

    private void Completed(QueuedWork work, ScoreResult result)
    {
        runner.Queue.Forget(work);
        WorkerMetrics.Ended(runner.Engine.Description, result);
        if (life.State != RunnerState.Ready)
        {
            SignalIdle();
        }
    }

    private Task<ScoreResult> Ended(WorkOutcome outcome, string? error = null)
    {
        var result = new ScoreResult { Outcome = outcome, Error = error };
        WorkerMetrics.Ended(runner.Engine.Description, result);
        return Task.FromResult(result);
    }
}
