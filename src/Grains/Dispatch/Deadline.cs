namespace Reranker.Grains.Dispatch;

/// <summary>When a request must have ended, on this process's monotonic clock.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan remaining)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Time left; zero when it has passed.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = remaining - time.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
