using Reranker.Grains.Placement;
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
    public static TimeSpan? Patience(DispatchOptions options, double expectedSeconds, TimeSpan remaining)
    {
        var wanted = Multiple(options, expectedSeconds);

        // Twice its expected time for the copy, and the wait for the worker's answer before that.
        var last = remaining.TotalSeconds - (2 * expectedSeconds) - options.ProbeTimeout.TotalSeconds;
        var least = Math.Min(options.MinAttemptTimeout.TotalSeconds, 2 * expectedSeconds);
        var seconds = Math.Min(wanted, Math.Max(last, least));
        return seconds < remaining.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>How work stands whose worker has answered.</summary>
    public static Standing Judge(DispatchOptions options, in WorkProgress progress) => progress switch
    {
        { Stage: WorkStage.Absent } => Standing.Absent,
        { RunningMicroseconds: > 0 } when progress.RunningMicroseconds / 1e6 >= Multiple(options, progress.PredictedMicroseconds / 1e6)
            => Standing.Stuck,
        _ => Standing.Waiting,
    };

    /// <summary>When to ask again after work that only waits: when what is ahead of it should be done.</summary>
    /// <param name="options">The least time.</param>
    /// <param name="ahead">What the worker has to do for the model.</param>
    public static TimeSpan LookAgain(DispatchOptions options, TimeSpan ahead)
        => ahead > options.MinAttemptTimeout ? ahead : options.MinAttemptTimeout;

    /// <summary>
    /// Whether a copy of stuck work may go to a worker: not when the fleet is so busy that even its wait takes half of the
    /// time left, because then copies are what keeps it busy.
    /// </summary>
    public static bool MayHedge(in Candidate candidate, TimeSpan remaining) => candidate.StartSeconds <= remaining.TotalSeconds / 2;

    /// <summary>Wait before a worker is tried again.</summary>
    public static TimeSpan Backoff(DispatchOptions options, int attempt) => options.Backoff * Math.Pow(2, attempt);

    /// <summary>True for failures of the way to a worker, not of its work; a silo that stops disposes what a call still needs.</summary>
    public static bool IsTransportFailure(Exception exception)
        => exception is WorkerHostGoneException or OrleansException or TimeoutException or ObjectDisposedException;

    /// <summary>What a worker's outcome other than Ok means for the attempt.</summary>
    public static AttemptEnd Classify(ScoreOutcome outcome) => outcome switch
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

    /// <summary>True when the same worker may do better the next time.</summary>
    public static bool MayRepeatOnSameWorker(AttemptEnd end) => end is AttemptEnd.Failed or AttemptEnd.Lost;

    private static double Multiple(DispatchOptions options, double expectedSeconds)
        => Math.Max(options.MinAttemptTimeout.TotalSeconds, options.AttemptTimeoutFactor * expectedSeconds);
}
