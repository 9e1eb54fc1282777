namespace Reranker.Attempts;

/// <summary>Pauses before attempts that follow a failure.</summary>
internal static class RetryPause
{
    /// <summary>The first pause, doubled with every further failure up to the longest one, and half of it random.</summary>
    /// <param name="first">Pause after the first failure.</param>
    /// <param name="longest">Longest pause.</param>
    /// <param name="failures">Failures so far, from 1.</param>
    /// <param name="randomShare">Random share from 0 to 1; 1 takes the whole pause.</param>
    public static TimeSpan FindPause(TimeSpan first, TimeSpan longest, int failures, double randomShare)
    {
        var full = Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, failures - 1));
        return TimeSpan.FromSeconds((full / 2) + (full / 2 * randomShare));
    }
}
