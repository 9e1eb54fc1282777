using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using BitFaster.Caching;
using Reranker.Grains.Telemetry;

namespace Reranker.Grains.Caching;

/// <summary>How often a score was known already. The hit rate is the share of hits in the lookups.</summary>
internal static class CacheMetrics
{
    private static readonly KeyValuePair<string, object?> Hit = new("result", "hit");
    private static readonly KeyValuePair<string, object?> Miss = new("result", "miss");

    private static readonly Counter<long> Lookups = GrainsTelemetry.Meter.CreateCounter<long>(
        "reranker.score_cache.lookups", "{pair}", "Pairs looked up in the score cache, by result.");

    private static ImmutableArray<ICache<ScoreKey, float>> _caches = [];

    static CacheMetrics() => GrainsTelemetry.Meter.CreateObservableGauge(
        "reranker.score_cache.entries", static () => _caches.Sum(c => c.Count), "{pair}", "Scores kept.");

    public static void ObserveCache(ICache<ScoreKey, float> cache) => ImmutableInterlocked.Update(ref _caches, (all, c) => all.Add(c), cache);

    public static void ForgetCache(ICache<ScoreKey, float> cache) => ImmutableInterlocked.Update(ref _caches, (all, c) => all.Remove(c), cache);

    public static void CountLookups(int hits, int misses)
    {
        Lookups.Add(hits, Hit);
        Lookups.Add(misses, Miss);
    }
}
