using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>
/// The phase of a runner, and whether its device works. While a scope of <see cref="HoldPhase"/> is open the phase stays, so that
/// no work comes in unnoticed by a drain, a loss or a suspension.
/// </summary>
internal sealed class RunnerLifecycle
{
    private readonly Lock _lock = new();
    private volatile RunnerPhase _phase;
    private volatile bool _deviceIsLost;
    private volatile bool _suspended;

    public RunnerPhase Phase => _phase;

    /// <summary>True from the loss of the device on, also when the runner was stopping by then.</summary>
    public bool DeviceIsLost => _deviceIsLost;

    /// <summary>True while the device fails whatever it is given; it may work again.</summary>
    public bool IsSuspended => _suspended;

    /// <summary>True while the device runs what is queued.</summary>
    public bool CanRun => _phase is RunnerPhase.Ready or RunnerPhase.Draining && !_suspended;

    /// <summary>True while something may wait that the device does not run.</summary>
    public bool IsWithoutDevice => _phase == RunnerPhase.Lost || (_phase != RunnerPhase.Stopped && _suspended);

    /// <summary>How new work ends at once; null while it is taken. It holds for as long as the lifecycle is held.</summary>
    public WorkOutcome? Refusal => _phase switch
    {
        RunnerPhase.Ready => _suspended ? WorkOutcome.DeviceFailing : null,
        RunnerPhase.Lost => WorkOutcome.DeviceLost,
        _ => WorkOutcome.Draining,
    };

    /// <summary>How work ends that waits, is not run, and that nobody takes over.</summary>
    public WorkOutcome OutcomeWithoutDevice => _phase == RunnerPhase.Lost ? WorkOutcome.DeviceLost : WorkOutcome.DeviceFailing;

    /// <summary>Keeps the runner where it is until the scope ends.</summary>
    public Lock.Scope HoldPhase() => _lock.EnterScope();

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

    /// <summary>Steps to <see cref="RunnerPhase.Lost"/>; false when it stands there or further already.</summary>
    public bool TryAdvanceToLost()
    {
        _deviceIsLost = true;
        return AdvanceTo(RunnerPhase.Lost);
    }

    /// <summary>Steps forward; false when it stands there or further already.</summary>
    public bool AdvanceTo(RunnerPhase next)
    {
        lock (_lock)
        {
            if (_phase >= next)
            {
                return false;
            }

            _phase = next;
            return true;
        }
    }
}
