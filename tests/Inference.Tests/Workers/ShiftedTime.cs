using Microsoft.Extensions.Time.Testing;
using Reranker.TestKit.Clocks;

namespace Reranker.Inference.Tests.Workers;

/// <summary>
/// A clock that stands still unless the test moves it, and whose timers need not agree with what it says: they may go off early,
/// as those of a machine do, or not at all for a while, as in a process that is stopped.
/// </summary>
internal sealed class ShiftedTime : TimeProvider
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private long _paused;

    /// <summary>How much earlier than asked for a timer goes off.</summary>
    public TimeSpan Early { get; init; }

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override long GetTimestamp() => _time.GetTimestamp() + Volatile.Read(ref _paused);

    /// <summary>Time passes, and timers go off.</summary>
    public void Advance(TimeSpan time) => _time.Advance(time);

    /// <summary>Time passes, and no timer goes off.</summary>
    public void Pause(TimeSpan time) => Interlocked.Add(ref _paused, (long)(time.TotalSeconds * TimestampFrequency));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new EarlyTimer(_time.CreateTimer(callback, state, Earlier(dueTime), period), this);

    private TimeSpan Earlier(TimeSpan due) => due > Early ? due - Early : due;

    private sealed class EarlyTimer(ITimer timer, ShiftedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Earlier(dueTime), period);

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
