using Reranker.Attempts;
using Reranker.Grains.Placement;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>How long an attempt may take before somebody asks after it, and what its end means.</summary>
internal static class AttemptPolicy
{
    /// <summary>
    /// Time an attempt gets before its worker is asked after it: a multiple of what is expected, but so early that a copy
    /// could still finish; a question costs next to nothing, and what only waits is left where it is. Null when the
    /// deadline comes before that.
    /// </summary>
    public static TimeSpan? FindPatience(DispatchOptions options, double expectedSeconds, TimeSpan remaining)
    {
        var wanted = FindOverdueSeconds(options, expectedSeconds);

        // Twice its expected time for the copy, and the wait for the worker's answer before that.
        var last = remaining.TotalSeconds - (2 * expectedSeconds) - options.ProbeTimeout.TotalSeconds;
        var least = Math.Min(options.MinAttemptTimeout.TotalSeconds, 2 * expectedSeconds);
        var seconds = Math.Min(wanted, Math.Max(last, least));
        return seconds < remaining.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>How work stands whose worker has answered.</summary>
    public static AttemptStanding ClassifyProgress(DispatchOptions options, in WorkProgress progress) => progress switch
    {
        { Stage: WorkStage.Absent } => AttemptStanding.Absent,
        { RunningMicroseconds: > 0 } when progress.RunningMicroseconds / 1e6 >= FindOverdueSeconds(options, progress.PredictedMicroseconds / 1e6)
            => AttemptStanding.Stuck,
        _ => AttemptStanding.Waiting,
    };

    /// <summary>When to ask again after work that only waits: when what is ahead of it should be done.</summary>
    /// <param name="options">The least time.</param>
    /// <param name="ahead">What the worker has to do for the model.</param>
    public static TimeSpan FindInquiryDelay(DispatchOptions options, TimeSpan ahead)
        => ahead > options.MinAttemptTimeout ? ahead : options.MinAttemptTimeout;

    /// <summary>
    /// Whether a copy of stuck work may go to a worker: not when the fleet is so busy that even its wait takes half of the
    /// time left, because then copies are what keeps it busy.
    /// </summary>
    public static bool MayHedge(in WorkerCandidate candidate, TimeSpan remaining) => candidate.StartSeconds <= remaining.TotalSeconds / 2;

    /// <summary>Pause before a worker is tried again; workers are many and silos draw theirs, so nothing of it is random.</summary>
    /// <param name="options">The first pause.</param>
    /// <param name="failures">Failures so far, from 1.</param>
    public static TimeSpan FindPause(DispatchOptions options, int failures)
        => RetryPause.FindPause(options.Backoff, Limits.MaxDeadline, failures, randomShare: 1);

    /// <summary>True for failures of the way to a worker, not of its work.</summary>
    public static bool IsTransportFailure(Exception exception)
        => exception is WorkerHostGoneException || TransportFaults.FindRetryReason(exception) is not null;

    /// <summary>What a worker's outcome other than Ok means for the attempt.</summary>
    public static AttemptEnd TranslateOutcome(ScoreOutcome outcome) => outcome switch
    {
        ScoreOutcome.Busy => AttemptEnd.Busy,
        // Cancelled without our doing: another sub-batch of the request expired there.
        ScoreOutcome.Expired or ScoreOutcome.Cancelled => AttemptEnd.Expired,
        ScoreOutcome.Draining => AttemptEnd.Draining,
        ScoreOutcome.DeviceLost => AttemptEnd.DeviceLost,
        ScoreOutcome.WrongModel => AttemptEnd.WrongModel,
        ScoreOutcome.Invalid => AttemptEnd.Invalid,
        _ => AttemptEnd.Failed,
    };

    /// <summary>What it means for a request that nothing better than this end could be had.</summary>
    public static RerankOutcome TranslateEnd(AttemptEnd end) => end switch
    {
        AttemptEnd.Ok or AttemptEnd.Late => RerankOutcome.Ok,
        AttemptEnd.Busy => RerankOutcome.Busy,
        AttemptEnd.Expired or AttemptEnd.Cancelled => RerankOutcome.Expired,
        AttemptEnd.Failed or AttemptEnd.Invalid => RerankOutcome.Failed,

        // To the request it means that its pinned identity is gone, and it is resolved again.
        AttemptEnd.WrongModel => RerankOutcome.UnknownModel,
        _ => RerankOutcome.Unavailable,
    };

    /// <summary>True when the same worker may do better the next time.</summary>
    public static bool MayRepeatOnSameWorker(AttemptEnd end) => end is AttemptEnd.Failed or AttemptEnd.Lost;

    private static double FindOverdueSeconds(DispatchOptions options, double expectedSeconds)
        => Math.Max(options.MinAttemptTimeout.TotalSeconds, options.AttemptTimeoutFactor * expectedSeconds);
}
