using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>
/// What a lane has on the device now, as others may see it: how long it should still take, and, should the device be lost
/// under it, which pairs are to be rescued. Pairs are settled or rescued, never both.
/// </summary>
internal sealed class RunningBatch(MonotonicClock clock)
{
    private readonly Lock _lock = new();
    private readonly HashSet<QueuedPair> _open = [];
    private long _start;
    private double _predicted;
    private long _watched;
    private bool _running;
    private bool _abandoned;

    /// <summary>Predicted microseconds until its batch is done, formed ahead or running; 0 when it has none.</summary>
    public double Remaining
    {
        get
        {
            lock (_lock)
            {
                // What is late by so much is expected to take as long again: a device that hangs must not look free.
                return _running ? Math.Abs(_predicted - (clock.Now - _start)) : _open.Count > 0 ? _predicted : 0;
            }
        }
    }

    /// <summary>Microseconds that its run has taken and should take; zeros when nothing runs.</summary>
    public (double Elapsed, double Predicted) Progress
    {
        get
        {
            lock (_lock)
            {
                return _running ? (clock.Now - _start, _predicted) : default;
            }
        }
    }

    /// <summary>
    /// Microseconds until its run should end, which may be past, and how long it should take as a whole; zeros without a batch.
    /// </summary>
    public (double UntilEnd, double Predicted) Expected
    {
        get
        {
            lock (_lock)
            {
                return _running ? (_predicted - (clock.Now - _start), _predicted) : _open.Count > 0 ? (_predicted, _predicted) : default;
            }
        }
    }

    /// <summary>The lane has taken these pairs; false when the device was lost meanwhile, and they are to be put back.</summary>
    public bool TryTakePairs(ReadOnlySpan<QueuedPair> pairs, double predicted)
    {
        lock (_lock)
        {
            if (_abandoned)
            {
                return false;
            }

            _predicted = predicted;
            _open.Clear();
            foreach (var pair in pairs)
            {
                _open.Add(pair);
            }

            return true;
        }
    }

    /// <summary>A run begins; false when the pairs were rescued before.</summary>
    public bool TryBeginRun(double predicted)
    {
        lock (_lock)
        {
            (_start, _predicted, _watched, _running) = (clock.Now, predicted, 0, !_abandoned);
            return !_abandoned;
        }
    }

    public void EndRun()
    {
        lock (_lock)
        {
            (_running, _predicted) = (false, 0);
        }
    }

    /// <summary>The lane is done with its batch.</summary>
    public void ForgetPairs()
    {
        lock (_lock)
        {
            _open.Clear();
        }
    }

    /// <summary>Marks the pair as settled by this lane; false when it was rescued, and another lane settles it.</summary>
    public bool TryClaimPair(QueuedPair pair)
    {
        lock (_lock)
        {
            return _open.Remove(pair);
        }
    }

    /// <summary>Whether its run is hung after another while of watching. Only time in which it was watched counts.</summary>
    /// <param name="sinceLastCheck">Microseconds since the last look.</param>
    /// <param name="timesPredicted">How many times the predicted time a run may take.</param>
    /// <param name="atLeast">What every run may take, in microseconds.</param>
    public bool WatchForHang(long sinceLastCheck, double timesPredicted, double atLeast)
    {
        lock (_lock)
        {
            _watched += sinceLastCheck;
            return _running && Math.Min(_watched, clock.Now - _start) > Math.Max(timesPredicted * _predicted, atLeast);
        }
    }

    /// <summary>Takes the pairs that are not settled away from the lane, which goes on.</summary>
    public QueuedPair[] TakeUnsettledPairs()
    {
        lock (_lock)
        {
            QueuedPair[] pairs = [.. _open];
            _open.Clear();
            return pairs;
        }
    }

    /// <summary>Takes the pairs that are not settled away from the lane, for good.</summary>
    public QueuedPair[] AbandonAndTakePairs()
    {
        lock (_lock)
        {
            (_abandoned, _running) = (true, false);
            return TakeUnsettledPairs();
        }
    }
}
