using Reranker.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>
/// When a worker will be free for one model, as this silo reckons it: the worker's last report of that model plus what this
/// silo has sent it since. Thread-safe; times are <see cref="TimeProvider"/> timestamps.
/// </summary>
internal sealed class ModelEstimate(TimeProvider time, FleetOptions options)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long SentAt, long Tokens)> _sent = new();
    private double _tokensPerSecond;
    private WorkerState _state;
    private long _busyUntil;

    /// <summary>Tokens a second, as measured by the worker or else as assumed.</summary>
    public double TokensPerSecond => Volatile.Read(ref _tokensPerSecond) is > 0 and var measured ? measured : options.AssumedTokensPerSecond;

    /// <summary>True once the worker has measured itself with the model.</summary>
    public bool IsMeasured => Volatile.Read(ref _tokensPerSecond) > 0;

    /// <summary>True while the worker may take new work for the model: it has not said that it would not.</summary>
    public bool TakesWork => _state is WorkerState.Ready or WorkerState.Unknown;

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

    /// <summary>Counts work that is being sent.</summary>
    public void CountSent(long tokens)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            DropReportedSends(now);
            _sent.Enqueue((now, tokens));
            _busyUntil = Math.Max(_busyUntil, now) + ComputeWorkTicks(tokens);
        }
    }

    /// <summary>Takes in what the worker says of the model; the caller sees to the order of its reports.</summary>
    public void TakeReport(in ModelLoad load, long reportedAt)
    {
        lock (_lock)
        {
            Volatile.Write(ref _tokensPerSecond, load.TokensPerSecond);
            _state = load.State;
            var busy = TimeSpan.FromMicroseconds(load.InFlightMicroseconds + load.BacklogMicroseconds);
            _busyUntil = reportedAt + (long)(busy.TotalSeconds * time.TimestampFrequency);
            DropReportedSends(reportedAt);
            foreach (var (_, tokens) in _sent)
            {
                _busyUntil += ComputeWorkTicks(tokens);
            }
        }
    }

    private void DropReportedSends(long timestamp)
    {
        while (_sent.TryPeek(out var sent) && time.GetElapsedTime(sent.SentAt, timestamp) >= options.ReportLag)
        {
            _sent.Dequeue();
        }
    }

    private long ComputeWorkTicks(long tokens) => (long)(tokens / TokensPerSecond * time.TimestampFrequency);
}
