namespace Reranker.Grains.Primitives;

/// <summary>One seeded <see cref="Random"/> that many request grains share.</summary>
internal sealed class RandomSource(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>From 0 to below <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        lock (_lock)
        {
            return random.Next(limit);
        }
    }

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
