using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>How long a free device lets the first work wait for more: <see cref="WorkerOptions.MaxBatchDelay"/>.</summary>
internal sealed class BatchDelay(TimeSpan delay, MonotonicClock clock, DeviceGate gate) : IAsyncDisposable
{
    private readonly GateAlarm? _alarm = delay == TimeSpan.Zero ? null : new GateAlarm(clock, gate);

    /// <summary>True when what waits has waited long enough.</summary>
    public bool IsOver => _alarm is null || _alarm.IsOver;

    /// <summary>Starts the wait; called when work comes to an empty queue.</summary>
    public void BeginWait(long now) => _alarm?.SetMoment(now + MonotonicClock.ToMicroseconds(delay));

    public ValueTask DisposeAsync() => _alarm?.DisposeAsync() ?? ValueTask.CompletedTask;
}
