using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>Where a runner stands, and the door for new work: none comes in behind the back of a drain or a loss.</summary>
internal sealed class RunnerLife
{
    private readonly Lock _lock = new();
    private volatile RunnerState _state;
    private volatile bool _deviceIsLost;
    private volatile bool _suspended;

    public RunnerState State => _state;

    /// <summary>True from the loss of the device on, also when the runner was stopping by then.</summary>
    public bool DeviceIsLost => _deviceIsLost;

    /// <summary>True while the device fails whatever it is given; it may work again.</summary>
    public bool IsSuspended => _suspended;

    /// <summary>Takes no more work until <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        lock (_lock)
        {
            _suspended = true;
        }
    }

    /// <summary>Takes work again, where nothing else is against it.</summary>
    public void Resume() => _suspended = false;

    /// <summary>Steps to <see cref="RunnerState.Lost"/>.</summary>
    public bool Lose()
    {
        _deviceIsLost = true;
        return Advance(RunnerState.Lost);
    }

    /// <summary>Steps forward; false when it stands there or further already.</summary>
    public bool Advance(RunnerState next)
    {
        lock (_lock)
        {
            if (_state >= next)
            {
                return false;
            }

            _state = next;
            return true;
        }
    }

    /// <summary>Queues the work, or says why not; null when it is queued.</summary>
    public WorkOutcome? Admit(QueuedWork work, ModelQueue queue, Admission device)
    {
        lock (_lock)
        {
            return _state switch
            {
                RunnerState.Ready when _suspended => WorkOutcome.DeviceFailing,
                RunnerState.Ready => queue.TryAdd(work, device) ? null : WorkOutcome.Busy,
                RunnerState.Lost => WorkOutcome.DeviceLost,
                _ => WorkOutcome.Draining,
            };
        }
    }
}
