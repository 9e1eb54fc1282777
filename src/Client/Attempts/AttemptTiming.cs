using Reranker.Fleet;

namespace Reranker.Client.Attempts;

/// <summary>When another attempt is due.</summary>
internal static class AttemptTiming
{
    // Until the fleet has said how many tokens its texts have: between English (0.25) and Chinese (0.7), on the safe side.
    private const double DefaultTokensPerCharacter = 0.5;
    private const int SpecialTokensPerPair = 4;

    /// <summary>Tokens that the pairs of a request will have, from the length of its texts.</summary>
    public static double EstimateTokens(int queryCharacters, long passageCharacters, int passages, double tokensPerCharacter)
    {
        var rate = tokensPerCharacter > 0 && double.IsFinite(tokensPerCharacter) ? tokensPerCharacter : DefaultTokensPerCharacter;
        return ((((double)queryCharacters * passages) + passageCharacters) * rate) + ((double)SpecialTokensPerPair * passages);
    }

    /// <summary>
    /// How long an attempt may take before another is started beside it; infinite while nothing is known about the fleet,
    /// because a CPU may rightly need half a minute for what a GPU does in 20 ms.
    /// </summary>
    /// <param name="hint">The newest hint.</param>
    /// <param name="tokens">Estimated tokens of the request.</param>
    /// <param name="attempt">Attempts that timed out already; each doubles the time, so a wrong hint costs a few attempts, not a flood.</param>
    /// <param name="remaining">Time the request has left: after half of it, and the floor, it is time to ask.</param>
    /// <param name="options">Floor and factor.</param>
    public static TimeSpan Timeout(FleetHint? hint, double tokens, int attempt, TimeSpan remaining, RerankerClientOptions options)
    {
        if (hint is not { TokensPerSecond: > 0 } known)
        {
            return System.Threading.Timeout.InfiniteTimeSpan;
        }

        // A request may end up on one worker while the hint speaks for all of them.
        var ownSeconds = tokens / known.TokensPerSecond * Math.Max(1, known.ReadyWorkers);
        var expected = (known.ExpectedWaitMilliseconds / 1000.0) + ownSeconds;
        var seconds = (options.AttemptTimeoutFloor.TotalSeconds + (expected * options.AttemptTimeoutFactor)) * Math.Pow(2, attempt);

        // To ask whether the silo is there costs next to nothing, and a copy has no other chance than the time that is left.
        seconds = Math.Min(seconds, Math.Max(remaining.TotalSeconds / 2, options.AttemptTimeoutFloor.TotalSeconds));
        return seconds < Limits.MaxDeadline.TotalSeconds ? TimeSpan.FromSeconds(seconds) : System.Threading.Timeout.InfiniteTimeSpan;
    }

    /// <summary>Pause before an attempt that follows a failure: exponential, half of it random.</summary>
    /// <param name="failures">Failed attempts so far, from 1.</param>
    /// <param name="share">Random share from 0 to 1.</param>
    /// <param name="options">First and longest pause.</param>
    public static TimeSpan Backoff(int failures, double share, RerankerClientOptions options)
    {
        var full = Math.Min(options.MaxBackoff.TotalSeconds, options.Backoff.TotalSeconds * Math.Pow(2, failures - 1));
        return TimeSpan.FromSeconds((full / 2) + (full / 2 * share));
    }
}
