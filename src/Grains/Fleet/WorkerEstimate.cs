using Reranker.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>
/// When a worker will be free, as this silo reckons it: its last report plus what this silo has sent it since.
/// Thread-safe; times are <see cref="TimeProvider"/> timestamps.
/// </summary>
internal sealed class WorkerEstimate(TimeProvider time, FleetOptions options)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long SentAt, long Tokens)> _sent = new();
    private WorkerLoad _load;
    private long _reportedAt;
    private bool _reported;
    private long _busyUntil;
    private long _penalisedUntil;
    private bool _silent;
    private int _refreshing;

    /// <summary>The last report; its state is Unknown before the first.</summary>
    public WorkerLoad Load
    {
        get
        {
            lock (_lock)
            {
                return _load;
            }
        }
    }

    /// <summary>Tokens a second, as measured by the worker or else as assumed.</summary>
    public double TokensPerSecond => Load.TokensPerSecond is > 0 and var measured ? measured : options.AssumedTokensPerSecond;

    /// <summary>True once the worker has measured itself.</summary>
    public bool IsMeasured => Load.TokensPerSecond > 0;

    /// <summary>True while the worker may take new work: it has not said that it would not.</summary>
    public bool TakesWork => Load.State is WorkerState.Ready or WorkerState.Unknown;

    /// <summary>
    /// True after a call failed on the way, for a while and until the worker has been heard again: it is a question
    /// about its load that finds out whether it lives, not somebody's request.
    /// </summary>
    public bool IsPenalised
    {
        get
        {
            lock (_lock)
            {
                return _silent || time.GetTimestamp() < _penalisedUntil;
            }
        }
    }

    /// <summary>True when the last report is too old to plan by.</summary>
    public bool IsStale
    {
        get
        {
            lock (_lock)
            {
                return !_reported || _silent || time.GetElapsedTime(_reportedAt) > options.MaxLoadAge;
            }
        }
    }

    /// <summary>Expected time until new work would start.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetTimestamp();
                return _busyUntil > now ? time.GetElapsedTime(now, _busyUntil) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Takes in a report; one that is older than the last is ignored.</summary>
    public void Report(in WorkerLoad load)
    {
        lock (_lock)
        {
            _silent = false;
            if (_reported && load.Sequence <= _load.Sequence)
            {
                return;
            }

            _load = load;
            _reported = true;
            _reportedAt = time.GetTimestamp();
            _busyUntil = _reportedAt + Ticks(TimeSpan.FromMicroseconds(load.InFlightMicroseconds + load.BacklogMicroseconds));
            while (_sent.TryPeek(out var sent) && time.GetElapsedTime(sent.SentAt, _reportedAt) >= options.ReportLag)
            {
                _sent.Dequeue();
            }

            foreach (var (_, tokens) in _sent)
            {
                _busyUntil += WorkTicks(tokens);
            }
        }
    }

    /// <summary>Counts work that is being sent.</summary>
    public void Sent(long tokens)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (_sent.TryPeek(out var sent) && time.GetElapsedTime(sent.SentAt, now) >= options.ReportLag)
            {
                _sent.Dequeue();
            }

            _sent.Enqueue((now, tokens));
            _busyUntil = Math.Max(_busyUntil, now) + WorkTicks(tokens);
        }
    }

    /// <summary>Keeps new work away for a while, and until the next report.</summary>
    public void Penalise(TimeSpan duration)
    {
        lock (_lock)
        {
            _silent = true;
            _penalisedUntil = time.GetTimestamp() + Ticks(duration);
        }
    }

    /// <summary>True for one caller at a time, who must call <see cref="EndRefresh"/>.</summary>
    public bool TryBeginRefresh() => Interlocked.CompareExchange(ref _refreshing, 1, 0) == 0;

    /// <summary>Lets the next refresh begin.</summary>
    public void EndRefresh() => Volatile.Write(ref _refreshing, 0);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private long WorkTicks(long tokens)
    {
        var rate = _load.TokensPerSecond > 0 ? _load.TokensPerSecond : options.AssumedTokensPerSecond;
        return (long)(tokens / rate * time.TimestampFrequency);
    }
}
