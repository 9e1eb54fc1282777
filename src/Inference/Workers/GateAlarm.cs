using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>
/// Wakes the lanes at a gate once a moment has come on the clock that they read. A timer may go off a little before that clock
/// says so: it is set again then, because a lane that was woken too early would sleep until somebody else wakes it.
/// </summary>
internal sealed class GateAlarm : IAsyncDisposable
{
    private readonly MonotonicClock _clock;
    private readonly DeviceGate _gate;
    private readonly ITimer _timer;
    private long _at;

    public GateAlarm(MonotonicClock clock, DeviceGate gate)
    {
        (_clock, _gate) = (clock, gate);
        _timer = clock.Time.CreateTimer(static a => ((GateAlarm)a!).WakeLanesIfOver(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True once the moment has come, and before any was set.</summary>
    public bool IsOver => _clock.Now >= Volatile.Read(ref _at);

    /// <summary>Sets the moment, in place of an earlier one.</summary>
    public void SetMoment(long at)
    {
        Volatile.Write(ref _at, at);
        StartTimer(at - _clock.Now);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void WakeLanesIfOver()
    {
        if (Volatile.Read(ref _at) - _clock.Now is > 0 and var left)
        {
            StartTimer(left);
        }
        else
        {
            _gate.WakeLanes();
        }
    }

    // In whole milliseconds, rounded up: a timer cuts off what is less, and would go off at once.
    private void StartTimer(long microseconds)
        => _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, microseconds) / 1000.0)), Timeout.InfiniteTimeSpan);
}
