using Reranker.Attempts;
using Reranker.Grains.Fleet;
using Reranker.Requests;

namespace Reranker.Grains.Dispatch;

/// <summary>What the attempts at one sub-batch came to so far, and what follows from it.</summary>
/// <param name="job">The request.</param>
/// <param name="subBatch">Its part.</param>
/// <param name="chooser">Chooses workers for further attempts.</param>
/// <param name="fleet">Knows whether anybody serves the model.</param>
/// <param name="budgets">Rations copies.</param>
/// <param name="options">Attempts and pauses.</param>
internal sealed class SubBatchHistory(
    DispatchJob job, SubBatch subBatch, WorkerChooser chooser, FleetView fleet, CopyBudgets budgets, DispatchOptions options)
{
    private readonly Dictionary<string, AttemptEnd> _tried = [];
    private int _started;
    private bool _wasAbsent;

    /// <summary>Whether there may be a further attempt, so that it is worth asking after those that run.</summary>
    public bool MayStart => _started < options.MaxAttempts;

    /// <summary>Starts the attempt that was planned.</summary>
    public AttemptStep<Attempt, RerankOutcome> BeginFirst()
        => StartAttempt(job.Workers[subBatch.Candidate], AttemptKind.First, subBatch.ExpectedSeconds);

    /// <summary>Takes in the end of an attempt that brought no scores.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="end">Its end.</param>
    /// <param name="areOthersRunning">Whether other attempts have not ended yet: whatever ended this one, they may still do it.</param>
    public AttemptStep<Attempt, RerankOutcome> DecideAfterEnd(Attempt attempt, AttemptEnd end, bool areOthersRunning)
    {
        if (end == AttemptEnd.Cancelled)
        {
            return AttemptStep<Attempt, RerankOutcome>.Finish(RerankOutcome.Expired);
        }

        _tried[attempt.Worker.Name] = end;
        if (areOthersRunning)
        {
            return AttemptStep<Attempt, RerankOutcome>.Wait;
        }

        return end is AttemptEnd.Expired or AttemptEnd.Invalid
            ? AttemptStep<Attempt, RerankOutcome>.Finish(AttemptPolicy.TranslateEnd(end))
            : RetryOrGiveUp(end);
    }

    /// <summary>Takes in how an overdue attempt stands: it gets a copy where one helps, and otherwise it is asked after again later.</summary>
    /// <param name="standing">How it stands.</param>
    /// <param name="running">The attempts that have not ended.</param>
    public AttemptStep<Attempt, RerankOutcome> DecideAfterStanding(AttemptStanding standing, RunningAttempts<Attempt, AttemptEnd> running)
    {
        var isAbsentAgain = standing == AttemptStanding.Absent && _wasAbsent;

        // Seen once, it may only mean that the answer is on its way back, or the message on its way there.
        _wasAbsent = standing == AttemptStanding.Absent;
        if (standing == AttemptStanding.Waiting || (standing == AttemptStanding.Absent && !isAbsentAgain)
            || !MayStart || chooser.ChooseForCopy(job.Identity, IsTried, subBatch.Tokens) is not { } worker)
        {
            return AttemptStep<Attempt, RerankOutcome>.Wait;
        }

        var candidate = chooser.CreateCandidate(worker, job.Identity);
        var remaining = job.Deadline.Remaining;
        var expected = candidate.EstimateFinish(subBatch.Tokens);
        var kind = standing == AttemptStanding.Stuck ? AttemptKind.Hedge : AttemptKind.Resend;
        return expected <= remaining.TotalSeconds
            && (kind == AttemptKind.Resend || AttemptPolicy.MayHedge(candidate, remaining))
            && budgets.TryTake(kind, subBatch.Tokens)
                ? StartAttempt(worker, kind, expected)
                : AttemptStep<Attempt, RerankOutcome>.Wait;

        bool IsTried(FleetWorker other)
        {
            for (var i = 0; i < running.Count; i++)
            {
                if (running[i].Worker.Name == other.Name)
                {
                    return true;
                }
            }

            return _tried.ContainsKey(other.Name);
        }
    }

    private AttemptStep<Attempt, RerankOutcome> RetryOrGiveUp(AttemptEnd end)
    {
        if ((MayStart ? chooser.ChooseNext(job.Identity, _tried, subBatch.Tokens) : null) is not { } worker)
        {
            return AttemptStep<Attempt, RerankOutcome>.Finish(FindFinalOutcome(end));
        }

        var pause = _tried.ContainsKey(worker.Name) ? AttemptPolicy.FindPause(options, _started) : TimeSpan.Zero;
        return StartAttempt(worker, AttemptKind.Retry, chooser.CreateCandidate(worker, job.Identity).EstimateFinish(subBatch.Tokens), pause);
    }

    // A model that is being unloaded is gone from one worker after the other: resolving again finds out what is left.
    private RerankOutcome FindFinalOutcome(AttemptEnd last)
        => fleet.Current.GetWorkers(job.Identity).Length > 0 ? AttemptPolicy.TranslateEnd(last) : RerankOutcome.UnknownModel;

    private AttemptStep<Attempt, RerankOutcome> StartAttempt(FleetWorker worker, AttemptKind kind, double expectedSeconds, TimeSpan pause = default)
    {
        _wasAbsent = false;
        return AttemptStep<Attempt, RerankOutcome>.Start(new Attempt(worker, _started++, kind, expectedSeconds), pause);
    }
}
