using Reranker.Grains.Placement;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>What an attempt may take, and what its failure means.</summary>
internal static class AttemptPolicy
{
    /// <summary>
    /// Time an attempt gets before another worker is tried, or null for all the time there is: giving up on the only
    /// worker there is would only repeat its work.
    /// </summary>
    public static TimeSpan? Timeout(DispatchOptions options, double expectedSeconds, TimeSpan remaining, bool hasAlternative)
    {
        if (!hasAlternative)
        {
            return null;
        }

        var seconds = Math.Max(options.MinAttemptTimeout.TotalSeconds, options.AttemptTimeoutFactor * expectedSeconds);
        return seconds < remaining.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Wait before a worker is tried again.</summary>
    public static TimeSpan Backoff(DispatchOptions options, int attempt) => options.Backoff * Math.Pow(2, attempt);

    /// <summary>True for failures of the way to a worker, not of its work.</summary>
    public static bool IsTransportFailure(Exception exception)
        => exception is WorkerHostGoneException or OrleansException or TimeoutException;

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
    public static bool MayRepeatOnSameWorker(AttemptEnd end) => end is AttemptEnd.Failed or AttemptEnd.Lost or AttemptEnd.TimedOut;
}
