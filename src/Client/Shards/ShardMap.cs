using Reranker.Requests;

namespace Reranker.Client.Shards;

/// <summary>
/// Knows which silo answers for which shard key, so that requests spread over silos, not over keys. Orleans sends every call for
/// one key to one silo for as long as it is connected to it, and a silo that joins later gets only keys that were not used
/// before. Not thread-safe.
/// </summary>
internal sealed class ShardMap
{
    // One key is one grain, which does one thing at a time.
    private const int KeysOfSilo = 8;
    private const int ExploreEvery = 8;

    private readonly string?[] _siloOf = new string?[RerankShards.Count];
    private readonly List<int> _unused = [.. Enumerable.Range(0, RerankShards.Count)];
    private readonly List<string> _silos = [];
    private readonly Dictionary<string, List<int>> _shards = [];
    private int _expectedSilos;

    /// <summary>Draws a silo and one of its keys; now and then, while silos have few keys or are not known yet, a key that was not used.</summary>
    public int DrawShard(Random random)
    {
        if (_silos.Count == 0 || (_unused.Count > 0 && WantsMoreKeys() && random.Next(ExploreEvery) == 0))
        {
            return _unused[random.Next(_unused.Count)];
        }

        var shards = _shards[_silos[random.Next(_silos.Count)]];
        return shards[random.Next(shards.Count)];
    }

    /// <summary>Takes in who answered.</summary>
    /// <param name="shard">The key.</param>
    /// <param name="silo">The silo's address; null when it is of a version that does not say it.</param>
    /// <param name="silos">Active silos of the cluster.</param>
    public void LearnSilo(int shard, string? silo, int silos)
    {
        if (silo is null)
        {
            return;
        }

        _expectedSilos = silos;
        var known = _siloOf[shard];
        if (known == silo)
        {
            return;
        }

        ForgetShard(shard, known);
        _siloOf[shard] = silo;
        if (!_shards.TryGetValue(silo, out var shards))
        {
            _silos.Add(silo);
            _shards[silo] = shards = [];
        }

        shards.Add(shard);
    }

    private bool WantsMoreKeys() => _silos.Count < _expectedSilos || _shards.Values.Any(static shards => shards.Count < KeysOfSilo);

    private void ForgetShard(int shard, string? silo)
    {
        if (silo is null)
        {
            _unused.Remove(shard);
            return;
        }

        var shards = _shards[silo];
        shards.Remove(shard);
        if (shards.Count == 0)
        {
            // All its keys went to other silos: it is gone.
            _shards.Remove(silo);
            _silos.Remove(silo);
        }
    }
}
