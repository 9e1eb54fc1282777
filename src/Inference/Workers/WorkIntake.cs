using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>Takes work items in: checks them, queues them, and wakes the lanes that run them.</summary>
internal sealed class WorkIntake
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IInferenceEngine _engine;
    private readonly MonotonicClock _clock;
    private readonly GroupMember _member;
    private readonly WorkerGroup _group;
    private readonly LaneSet _lanes;
    private readonly BatchDelay _delay;
    private readonly Action<QueuedItem, WorkResult> _ended;

    public WorkIntake(IInferenceEngine engine, MonotonicClock clock, GroupMember member, WorkerGroup group, LaneSet lanes, BatchDelay delay)
    {
        (_engine, _clock, _member, _group, _lanes, _delay) = (engine, clock, member, group, lanes, delay);
        _ended = HandleItemEnd;
    }

    /// <summary>Completes once the runner takes no more work and has none left.</summary>
    public Task Idle => _idle.Task;

    public Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken)
    {
        if (WorkItemCheck.FindError(work, _engine.Description) is { } error)
        {
            return CreateEndedResult(WorkOutcome.Invalid, error);
        }

        if (work.Count == 0)
        {
            return CreateEndedResult(WorkOutcome.Ok);
        }

        return cancellationToken.IsCancellationRequested ? CreateEndedResult(WorkOutcome.Cancelled) : EnqueueItem(work, cancellationToken);
    }

    /// <summary>Completes <see cref="Idle"/> where nothing is left. Called when the runner leaves <see cref="RunnerPhase.Ready"/> and when it stops.</summary>
    public void SignalIdle(bool evenWithWork = false)
    {
        if (evenWithWork || _member.Queue.UnfinishedItems == 0)
        {
            _idle.TrySetResult();
        }
    }

    private Task<WorkResult> EnqueueItem(WorkItem work, CancellationToken cancellationToken)
    {
        var queue = _member.Queue;
        var alone = _engine.Cost.PredictMicroseconds([work.FindLongestPair()]);
        var now = _clock.Now;
        var deadline = now + MonotonicClock.ToMicroseconds(work.Remaining);
        var queued = new QueuedItem(work, now, deadline, deadline - (long)alone, _ended);
        var wasEmpty = queue.WaitingTokens == 0;
        var device = new DeviceForecast(_engine.Cost.TokensPerSecond, _lanes.InFlightMicroseconds, alone) { Helpers = _group.CountHelpers(_member) };
        WorkOutcome? refusal;
        using (_member.Life.HoldPhase())
        {
            refusal = _member.Life.Refusal ?? (queue.TryAdd(queued, device) ? null : WorkOutcome.Busy);
        }

        if (refusal is { } outcome)
        {
            return CreateEndedResult(outcome);
        }

        queued.CancelWith(cancellationToken);
        if (wasEmpty)
        {
            _delay.BeginWait(now);
        }

        WakeLanes();
        return queued.Task;
    }

    private void WakeLanes()
    {
        _member.Gate.WakeLanes();
        if (_member.Gate.IsBusy)
        {
            _group.WakeIdleSibling(_member);
        }
    }

    private void HandleItemEnd(QueuedItem work, WorkResult result)
    {
        _member.Queue.ForgetItem(work);
        WorkerMetrics.RecordEnd(_engine.Description, result);
        if (_member.Life.Phase != RunnerPhase.Ready)
        {
            SignalIdle();
        }
    }

    private Task<WorkResult> CreateEndedResult(WorkOutcome outcome, string? error = null)
    {
        var result = WorkResult.Create(outcome, error);
        WorkerMetrics.RecordEnd(_engine.Description, result);
        return Task.FromResult(result);
    }
}
