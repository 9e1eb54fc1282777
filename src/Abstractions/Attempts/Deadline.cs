namespace Reranker.Attempts;

/// <summary>The time by which a request must have ended, on this process's monotonic clock. It runs from the deadline's creation.</summary>
/// <param name="time">The clock.</param>
/// <param name="allowance">Time that the request has.</param>
internal readonly struct Deadline(TimeProvider time, TimeSpan allowance)
{
    // Less cannot be sent: the wire counts milliseconds.
    private static readonly TimeSpan MinRemaining = TimeSpan.FromMilliseconds(1);

    private readonly long _started = time.GetTimestamp();

    /// <summary>Time that the request had at first.</summary>
    public TimeSpan Allowance => allowance;

    /// <summary>Time left; zero when the deadline has passed.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = allowance - time.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Time left as it travels: whole milliseconds, and never more than there are. At least 1.</summary>
    public int RemainingMilliseconds => (int)Math.Clamp(Remaining.TotalMilliseconds, 1, int.MaxValue);

    /// <summary>Whether less time is left than could be sent.</summary>
    public bool HasPassed => Remaining < MinRemaining;
}
