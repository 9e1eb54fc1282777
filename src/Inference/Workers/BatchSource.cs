using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>
/// Where lanes get their pairs, and where they give back what they do not run: the model's own queue and, when nothing waits
/// there, that of a sibling. A sibling without a device goes in turn with the own queue: under load that is never empty, and what
/// was admitted there would expire.
/// </summary>
internal sealed class BatchSource(GroupMember member, WorkerGroup group, BatchBudget budget)
{
    private volatile bool _helpedLast;

    /// <summary>Fills the empty batch; leaves it empty when nothing waits anywhere.</summary>
    public void FormOwnOrSiblingBatch(IBatchFormer former, Batch batch)
    {
        var queue = member.Queue;
        var orphaned = _helpedLast ? null : group.FindSiblingThatCannotRun(member);
        if (orphaned is not null)
        {
            former.FormBatch(orphaned.Queue, batch, budget.Limits);
        }

        _helpedLast = batch.Count > 0;
        if (batch.Count == 0)
        {
            former.FormBatch(queue, batch, budget.Limits);
        }

        if (batch.Count == 0 && group.FindSiblingToHelp(member) is { } sibling)
        {
            former.FormBatch(sibling.Queue, batch, budget.Limits);
        }

        if (queue.WaitingTokens == 0)
        {
            return;
        }

        if (former.GivesBack)
        {
            // What was looked at and not taken is back in the queue: another lane may have found it empty meanwhile.
            member.Gate.WakeLanes();
        }

        // What still waits came while this device was free, when there was no need of help.
        if (member.Gate.IsBusy)
        {
            group.WakeIdleSibling(member);
        }
    }

    /// <summary>Puts pairs back that were taken for a device that does not run them.</summary>
    public void ReturnPairsAndRescue(ReadOnlySpan<QueuedPair> pairs)
    {
        ModelQueue.ReturnToOwnQueues(pairs);
        group.WakeHelpersOrEndItems(member.ModelIdentity);
    }
}
