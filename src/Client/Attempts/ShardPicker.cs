using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>Chooses shard keys and jitter. One generator for all requests, so a seed makes a whole run repeatable.</summary>
internal sealed class ShardPicker(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>A shard key other than the last one: its calls go through another connection with high probability.</summary>
    public int Next(int? previous)
    {
        lock (_lock)
        {
            if (previous is not { } last)
            {
                return random.Next(RerankShards.Count);
            }

            var other = random.Next(RerankShards.Count - 1);
            return other < last ? other : other + 1;
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
