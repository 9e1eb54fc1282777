using BitFaster.Caching.Lru;
using Microsoft.Extensions.Options;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Caching;

/// <summary>
/// Scores this silo has given, by what they are a function of. Nothing in it grows old: another model has another
/// identity, and the same ids have the same score. Thread-safe.
/// </summary>
internal sealed class ScoreCache : IDisposable
{
    /// <summary>Fewest entries of a cache.</summary>
    public const int MinEntries = 3;

    private readonly ConcurrentLru<ScoreKey, float>? _scores;

    public ScoreCache(IOptions<ScoreCacheOptions> options)
    {
        if (options.Value.MaxEntries > 0)
        {
            _scores = new ConcurrentLru<ScoreKey, float>(options.Value.MaxEntries);
            CacheMetrics.ObserveCache(_scores);
        }
    }

    /// <summary>False when nothing is kept.</summary>
    public bool IsOn => _scores is not null;

    /// <summary>Keys of the pairs, for the two calls below.</summary>
    public static ScoreKey[] ComputeKeys(string identity, TokenizedRequest pairs) => ScoreKey.ComputeKeys(identity, pairs);

    /// <summary>Fills the logits that are known and gives the indexes of those that are not.</summary>
    public int[] FillCachedLogits(ScoreKey[] keys, float[] logits)
    {
        var missing = new List<int>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (_scores!.TryGet(keys[i], out var logit))
            {
                logits[i] = logit;
            }
            else
            {
                missing.Add(i);
            }
        }

        CacheMetrics.CountLookups(keys.Length - missing.Count, missing.Count);
        return [.. missing];
    }

    /// <summary>Ends its part in the metrics.</summary>
    public void Dispose()
    {
        if (_scores is not null)
        {
            CacheMetrics.ForgetCache(_scores);
        }
    }

    /// <summary>Keeps the logits of the chosen pairs.</summary>
    public void KeepLogits(ScoreKey[] keys, int[] chosen, float[] logits)
    {
        foreach (var index in chosen)
        {
            _scores!.AddOrUpdate(keys[index], logits[index]);
        }
    }
}
