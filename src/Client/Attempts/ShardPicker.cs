using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>Chooses shard keys and jitter. One generator for all requests, so a seed makes a whole run repeatable.</summary>
internal sealed class ShardPicker(Random random, ShardHealth health)
{
    // With half of the shards suspect, one request in 65,536 finds no other.
    private const int Draws = 16;

    private readonly Lock _lock = new();

    /// <summary>A shard key that was not tried, of another silo than those and of a healthy one if such are found.</summary>
    public int Next(IReadOnlyList<int> tried)
    {
        lock (_lock)
        {
            int? fallback = null;
            for (var draw = 0; draw < Draws || fallback is null; draw++)
            {
                var shard = random.Next(RerankShards.Count);
                if (tried.Contains(shard))
                {
                    continue;
                }

                if (health.IsGood(shard, tried))
                {
                    return shard;
                }

                fallback ??= shard;
            }

            return fallback.Value;
        }
    }

    /// <summary>A random share from 0 to 1.</summary>
    public double NextShare()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
