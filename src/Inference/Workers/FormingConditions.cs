using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>When lanes form batches: of the own queue, of a sibling that needs help, or none while the device fails.</summary>
internal sealed class FormingConditions(
    GroupMember member, WorkerGroup group, BatchBudget budget, BatchDelay delay, Suspension suspension, LaneSet lanes) : IGateConditions
{
    private readonly ModelQueue _queue = member.Queue;
    private readonly RunnerLifecycle _life = member.Life;

    public bool HasWork => _life.IsSuspended ? suspension.TrialIsDue
        : (_queue.WaitingTokens > 0 && (delay.IsOver || HasFilledBatch || _life.Phase != RunnerPhase.Ready))
            || group.FindSiblingToHelp(member) is not null;

    public bool HasFullBatch => !_life.IsSuspended && HasFilledBatch;

    public TimeSpan? TimeUntilEarly => lanes.TimeUntilEarly;

    private bool HasFilledBatch => _queue.WaitingTokens >= budget.FullBatchTokens;
}
