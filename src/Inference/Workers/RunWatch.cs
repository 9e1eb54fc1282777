using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>
/// Looks ten times a second for a run that hangs and for work items that expired while no batch was formed. A run counts as hung by
/// the time for which it was watched: a process that was stopped for a while, or had no processor, knows nothing of its device.
/// </summary>
internal sealed class RunWatch : IAsyncDisposable
{
    // How late a look may be on a machine that is merely busy.
    private const int MaxPeriods = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly long PeriodMicroseconds = MonotonicClock.ToMicroseconds(Period);

    private readonly LaneSet _lanes;
    private readonly ModelQueue _queue;
    private readonly WorkerOptions _options;
    private readonly MonotonicClock _clock;
    private readonly Action<string, Exception?> _deviceLost;
    private readonly ITimer _timer;
    private long _lookedAt;

    public RunWatch(LaneSet lanes, ModelQueue queue, WorkerOptions options, MonotonicClock clock, Action<string, Exception?> deviceLost)
    {
        (_lanes, _queue, _options, _clock, _deviceLost) = (lanes, queue, options, clock, deviceLost);
        _lookedAt = clock.Now;
        _timer = clock.Time.CreateTimer(static w => ((RunWatch)w!).CheckRunsAndQueue(), this, Period, Period);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void CheckRunsAndQueue()
    {
        var now = _clock.Now;
        var watched = Math.Clamp(now - _lookedAt, PeriodMicroseconds, MaxPeriods * PeriodMicroseconds);
        _lookedAt = now;

        // A native call cannot be ended from outside: all that can be done for a hung run is to do its work elsewhere.
        if (_lanes.WatchForHungRun(watched, _options.HungAfterTimesPredicted, _options.HungAfterAtLeast))
        {
            _deviceLost("a run does not end", null);
        }

        if (_queue.WaitingTokens > 0)
        {
            _queue.EndExpiredItems();
        }
    }
}
