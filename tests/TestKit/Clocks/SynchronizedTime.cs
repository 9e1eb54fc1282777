using Microsoft.Extensions.Time.Testing;

namespace Reranker.TestKit.Clocks;

/// <summary>
/// A fake clock whose timers may be set on one thread while another disposes them, as the system's timers may. A timer of
/// <see cref="FakeTimeProvider"/> that is set in the middle of its disposal leaves a waiter without a callback behind, and the
/// next <c>Advance</c> throws.
/// </summary>
public sealed class SynchronizedTime : FakeTimeProvider
{
    public SynchronizedTime()
    {
    }

#pragma warning disable RS0030 // The ban sends everybody here.
    public SynchronizedTime(DateTimeOffset start)
        : base(start)
#pragma warning restore RS0030
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        => new SynchronizedTimer(base.CreateTimer(callback, state, dueTime, period));

    private sealed class SynchronizedTimer(ITimer timer) : ITimer
    {
        private readonly Lock _lock = new();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                return timer.Change(dueTime, period);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                timer.Dispose();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
