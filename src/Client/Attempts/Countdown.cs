namespace Reranker.Client.Attempts;

/// <summary>The time that one request has, from its creation on.</summary>
internal readonly struct Countdown(TimeSpan deadline, TimeProvider time)
{
    // Less cannot be sent: the wire counts milliseconds.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly long _started = time.GetTimestamp();

    public TimeSpan Deadline => deadline;

    public TimeSpan Remaining => deadline - time.GetElapsedTime(_started);

    public bool IsOver => Remaining < Least;
}
