using System.Collections.Concurrent;
using HdrHistogram;

namespace Reranker.LoadTest;

/// <summary>Counts what a run saw. Thread-safe.</summary>
internal sealed class LoadRecorder
{
    private readonly LongConcurrentHistogram _latency = new(1, 3_600_000_000, 3);
    private readonly ConcurrentDictionary<string, long> _errors = new();
    private readonly Lock _deviationLock = new();
    private long _requests;
    private long _pairs;
    private long _checked;
    private double _worstDeviation;

    /// <summary>False until the warm-up is over.</summary>
    public bool Counting { get; set; }

    public void Succeeded(TimeSpan latency, int pairs)
    {
        if (Counting)
        {
            Interlocked.Increment(ref _requests);
            Interlocked.Add(ref _pairs, pairs);
            _latency.RecordValue(Math.Max(1, (long)latency.TotalMicroseconds));
        }
    }

    public void Failed(string kind)
    {
        if (Counting)
        {
            _errors.AddOrUpdate(kind, 1, (_, n) => n + 1);
        }
    }

    public void Compared(double deviation)
    {
        lock (_deviationLock)
        {
            _checked++;
            _worstDeviation = Math.Max(_worstDeviation, deviation);
        }
    }

    public LoadReport Report(LoadOptions options, TimeSpan elapsed) => new()
    {
        Mode = options.Rate is null ? "closed" : "open",
        Clients = options.Rate is null ? options.Clients : null,
        OfferedRequestsPerSecond = options.Rate,
        Seconds = elapsed.TotalSeconds,
        Requests = _requests,
        Pairs = _pairs,
        RequestsPerSecond = _requests / elapsed.TotalSeconds,
        PairsPerSecond = _pairs / elapsed.TotalSeconds,
        P50Milliseconds = Percentile(50),
        P90Milliseconds = Percentile(90),
        P99Milliseconds = Percentile(99),
        MaxMilliseconds = Percentile(100),
        Errors = new SortedDictionary<string, long>(_errors),
        CheckedScores = _checked,
        WorstDeviation = _worstDeviation,
    };

    private double Percentile(double p) => _latency.TotalCount == 0 ? 0 : _latency.GetValueAtPercentile(p) / 1000.0;
}
