namespace Reranker.Inference.Workers;

/// <summary>
/// Hands out the turns of the device; lanes sleep in it. A lane that finds a turn free and work waiting takes the turn and forms
/// its batch then, at the last moment. While the device is busy, a lane forms a batch ahead only when a full one waits, and
/// only shortly before the device should be free: a small request that comes until then may still go before a large one.
/// </summary>
internal sealed class DeviceGate
{
    // What a monitor can wait.
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(1);

    private readonly object _lock = new();
    private int _free;
    private int _staged;
    private bool _closed;

    private IGateConditions? _conditions;

    /// <param name="turns">Runs that may be on the device at once.</param>
    public DeviceGate(int turns) => _free = turns;

    /// <summary>How a lane was let through.</summary>
    public enum Pass
    {
        /// <summary>No more work; the lane ends.</summary>
        Closed,

        /// <summary>The lane has a turn on the device.</summary>
        Turn,

        /// <summary>A full batch waits while the device is busy: form it, then ask for a turn.</summary>
        Early,
    }

    /// <summary>True while every turn is taken.</summary>
    public bool IsBusy => Volatile.Read(ref _free) == 0;

    /// <summary>Lets lanes through by these conditions from now on; once, and before any lane comes.</summary>
    public void SetConditions(IGateConditions conditions) => _conditions = conditions;

    /// <summary>Sleeps until there is something to do. The conditions are looked at again whenever <see cref="WakeLanes"/> is called.</summary>
    public Pass WaitForWork()
    {
        var conditions = _conditions ?? throw new InvalidOperationException("The gate was not opened.");
        lock (_lock)
        {
            while (!_closed)
            {
                // A batch that was formed ahead goes before one that is not formed yet.
                if (_free > _staged && conditions.HasWork)
                {
                    _free--;
                    return Pass.Turn;
                }

                if (_free > 0 || _staged > 0 || !conditions.HasFullBatch)
                {
                    Monitor.Wait(_lock);
                    continue;
                }

                var wait = conditions.TimeUntilEarly ?? MinWait;
                if (wait <= TimeSpan.Zero)
                {
                    _staged++;
                    return Pass.Early;
                }

                Monitor.Wait(_lock, wait < MinWait ? MinWait : wait);
            }

            return Pass.Closed;
        }
    }

    /// <summary>Waits for a turn after <see cref="Pass.Early"/>; false when there will be none.</summary>
    public bool WaitForTurn()
    {
        lock (_lock)
        {
            while (!_closed && _free == 0)
            {
                Monitor.Wait(_lock);
            }

            _staged--;
            if (_closed)
            {
                return false;
            }

            _free--;

            // Whoever waited because one batch was formed ahead forms the next one in good time.
            Monitor.PulseAll(_lock);
            return true;
        }
    }

    public void ReleaseTurn()
    {
        lock (_lock)
        {
            _free++;
            Monitor.PulseAll(_lock);
        }
    }

    public void WakeLanes()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets every lane end. Lanes on the device finish their run first.</summary>
    public void EndLanes()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
