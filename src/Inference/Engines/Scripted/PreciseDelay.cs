namespace Reranker.Inference.Engines.Scripted;

/// <summary>
/// Blocks a thread of its own for a time on the given clock without spinning. Timers are coarse, a millisecond or more; what
/// a wait took too long is taken off the next ones, so that the rate over many waits is exact.
/// </summary>
internal sealed class PreciseDelay : IDisposable
{
    // More than that is not a coarse timer but a stopped machine, and is forgotten.
    private static readonly TimeSpan MaxDebt = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly ManualResetEventSlim _elapsed = new(initialState: false, spinCount: 0);
    private readonly ITimer _timer;
    private TimeSpan _debt;

    public PreciseDelay(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static e => ((ManualResetEventSlim)e!).Set(), _elapsed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Returns early, without an error, when the token is cancelled.</summary>
    public void Wait(TimeSpan duration, CancellationToken cancellationToken)
    {
        var wanted = duration - _debt;
        if (wanted <= TimeSpan.Zero)
        {
            _debt = -wanted;
            return;
        }

        var start = _time.GetTimestamp();
        _elapsed.Reset();
        _timer.Change(wanted, Timeout.InfiniteTimeSpan);
        try
        {
            _elapsed.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var late = _time.GetElapsedTime(start) - wanted;
        _debt = late > MaxDebt ? TimeSpan.Zero : late;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _elapsed.Dispose();
    }
}
