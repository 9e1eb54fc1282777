using Reranker.Fleet;

namespace Reranker.Client.Attempts;

/// <summary>How long an attempt may take before somebody asks after it.</summary>
internal static class AttemptPatience
{
    /// <summary>
    /// Time an attempt gets before its silo is asked after it; null while nothing is known about the fleet, because a CPU may
    /// rightly need half a minute for what a GPU does in 20 ms.
    /// </summary>
    /// <param name="hint">The newest hint.</param>
    /// <param name="tokens">Estimated tokens of the request.</param>
    /// <param name="overdue">How often an attempt of the request was overdue already; each time doubles the patience, so a wrong hint costs a few attempts, not a flood.</param>
    /// <param name="remaining">Time the request has left: after half of it, and the floor, it is time to ask.</param>
    /// <param name="options">Floor and factor.</param>
    public static TimeSpan? FindPatience(FleetHint? hint, double tokens, int overdue, TimeSpan remaining, RerankerClientOptions options)
    {
        if (hint is not { TokensPerSecond: > 0 } known)
        {
            return null;
        }

        // A request may end up on one worker while the hint speaks for all of them.
        var ownSeconds = tokens / known.TokensPerSecond * Math.Max(1, known.ReadyWorkers);
        var expected = (known.ExpectedWaitMilliseconds / 1000.0) + ownSeconds;
        var seconds = (options.AttemptTimeoutFloor.TotalSeconds + (expected * options.AttemptTimeoutFactor)) * Math.Pow(2, overdue);

        // To ask whether the silo is there costs next to nothing, and a copy has no other chance than the time that is left.
        seconds = Math.Min(seconds, Math.Max(remaining.TotalSeconds / 2, options.AttemptTimeoutFloor.TotalSeconds));
        return seconds < Limits.MaxDeadline.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
