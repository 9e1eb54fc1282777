using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>How long a free device lets the first work wait for more: <see cref="WorkerOptions.MaxBatchDelay"/>.</summary>
internal sealed class BatchDelay : IAsyncDisposable
{
    private readonly TimeSpan _delay;
    private readonly MonotonicClock _clock;
    private readonly ITimer? _timer;
    private long _until;

    public BatchDelay(TimeSpan delay, MonotonicClock clock, DeviceGate gate)
    {
        (_delay, _clock) = (delay, clock);
        _timer = delay == TimeSpan.Zero
            ? null
            : clock.Time.CreateTimer(static g => ((DeviceGate)g!).Wake(), gate, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True when what waits has waited long enough.</summary>
    public bool IsOver => _clock.Now >= Volatile.Read(ref _until);

    /// <summary>Work came to an empty queue.</summary>
    public void Begin(long now)
    {
        if (_timer is not null)
        {
            Volatile.Write(ref _until, now + MonotonicClock.Microseconds(_delay));
            _timer.Change(_delay, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
