using Reranker.Requests;

namespace Reranker.Client.Shards;

/// <summary>
/// Chooses shard keys, evenly over the silos that answer, and jitter. One generator for all requests, so a seed makes a whole
/// run repeatable.
/// </summary>
internal sealed class ShardPicker(Random random, ShardHealth health)
{
    // With half of the shards avoided, one request in 65,536 finds no other.
    private const int Draws = 16;

    private readonly Lock _lock = new();
    private readonly ShardMap _map = new();

    /// <summary>A shard key that was not tried, of another silo than those and of a healthy one if such are found.</summary>
    public int DrawShard(IReadOnlyList<int> tried)
    {
        lock (_lock)
        {
            int? fallback = null;
            for (var draw = 0; draw < Draws || fallback is null; draw++)
            {
                // A map that knows one key only would draw it for ever.
                var shard = draw < Draws ? _map.DrawShard(random) : random.Next(RerankShards.Count);
                if (tried.Contains(shard))
                {
                    continue;
                }

                if (health.IsWorthTrying(shard, tried))
                {
                    return shard;
                }

                fallback ??= shard;
            }

            return fallback.Value;
        }
    }

    /// <summary>Learns which silo answers for a key, and how many silos there are; see <see cref="ShardMap"/>.</summary>
    public void LearnSilo(int shard, string? silo, int silos)
    {
        lock (_lock)
        {
            _map.LearnSilo(shard, silo, silos);
        }
    }

    /// <summary>A random share from 0 to 1.</summary>
    public double DrawRandomFraction()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
