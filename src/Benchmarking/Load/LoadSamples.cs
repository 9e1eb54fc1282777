namespace Reranker.Benchmarking.Load;

/// <summary>What a load saw. Latencies count from the moment a request was due. Thread-safe.</summary>
internal sealed class LoadSamples(TimeSpan warmUp, TimeSpan duration)
{
    private readonly Lock _lock = new();
    private readonly List<double> _milliseconds = [];
    private long _pairs;
    private long _unanswered;

    /// <summary>When the load ends.</summary>
    public TimeSpan End => warmUp + duration;

    /// <summary>A request ended.</summary>
    public void AddEndedRequest(TimeSpan due, TimeSpan now, int pairs, bool answered)
    {
        lock (_lock)
        {
            _pairs += answered && IsInWindow(now) ? pairs : 0;
            if (!IsInWindow(due))
            {
                return;
            }

            if (answered)
            {
                _milliseconds.Add((now - due).TotalMilliseconds);
            }
            else
            {
                _unanswered++;
            }
        }
    }

    /// <summary>The row of a report.</summary>
    public LoadRow CreateRow(string name, double? offeredPairsPerSecond, MeteredEngine.Reading from, MeteredEngine.Reading to, int lanes, TimeProvider time)
    {
        lock (_lock)
        {
            _milliseconds.Sort();
            var runs = Math.Max(1, to.Runs - from.Runs);
            var busy = (to.Ticks - from.Ticks) / (double)time.TimestampFrequency;
            return new LoadRow
            {
                Name = name,
                OfferedPairsPerSecond = offeredPairsPerSecond,
                PairsPerSecond = _pairs / duration.TotalSeconds,
                Requests = _milliseconds.Count,
                Unanswered = _unanswered,
                P50Milliseconds = FindPercentile(0.5),
                P90Milliseconds = FindPercentile(0.9),
                P99Milliseconds = FindPercentile(0.99),
                MaxMilliseconds = FindPercentile(1),
                BatchPairs = (to.Pairs - from.Pairs) / (double)runs,
                BatchTokens = (to.Tokens - from.Tokens) / (double)runs,
                BatchMilliseconds = busy * 1000 / runs,
                BusyShare = busy / lanes / time.GetElapsedTime(from.At, to.At).TotalSeconds,
            };
        }
    }

    private double FindPercentile(double percentile)
        => _milliseconds.Count == 0 ? 0 : _milliseconds[(int)Math.Ceiling(percentile * _milliseconds.Count) - 1];

    private bool IsInWindow(TimeSpan at) => at >= warmUp && at < End;
}
