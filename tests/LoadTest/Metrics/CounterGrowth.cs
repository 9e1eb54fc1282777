namespace Reranker.LoadTest.Metrics;

/// <summary>How much counters grew, restarts of their processes included: a counter that fell began again at 0.</summary>
internal sealed class CounterGrowth
{
    private readonly Dictionary<string, double> _last = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _grown = new(StringComparer.Ordinal);

    /// <summary>Takes what a source shows now.</summary>
    /// <param name="source">The source, so that equal series of two are two.</param>
    /// <param name="samples">Its series.</param>
    /// <param name="first">True for the first look at any source: what is there has not grown in our time.</param>
    public void Observe(string source, IReadOnlyDictionary<string, double> samples, bool first)
    {
        foreach (var (series, value) in samples)
        {
            var key = $"{source} {series}";
            var grown = _last.TryGetValue(key, out var last) ? (value < last ? value : value - last) : first ? 0 : value;
            _grown[key] = _grown.GetValueOrDefault(key) + grown;
            _last[key] = value;
        }
    }

    /// <summary>Growth of a metric over all sources.</summary>
    public double Of(string metric) => Series(metric).Sum(s => s.Value);

    /// <summary>Number of series of a metric.</summary>
    public int Count(string metric) => Series(metric).Count();

    /// <summary>Growth of a metric by source.</summary>
    public Dictionary<string, double> BySource(string metric) => Series(metric)
        .GroupBy(static s => s.Key[..s.Key.IndexOf(' ', StringComparison.Ordinal)])
        .ToDictionary(static g => g.Key, static g => g.Sum(static s => s.Value), StringComparer.Ordinal);

    private IEnumerable<KeyValuePair<string, double>> Series(string metric)
        => _grown.Where(s => s.Key.AsSpan(s.Key.IndexOf(' ') + 1) is var name
            && name.StartsWith(metric) && (name.Length == metric.Length || name[metric.Length] == '{'));
}
