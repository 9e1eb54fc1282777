namespace Reranker.Inference.Batching;

/// <summary>
/// How many tokens each tenant has been sending a second of late, refused ones included: an average that forgets
/// exponentially. What waits now says little of a wait in which more arrives. Not thread-safe.
/// </summary>
internal sealed class ArrivalRates
{
    // Long enough for a few requests of one tenant, short enough to follow a burst.
    private const double MemoryMicroseconds = 2e6;
    private const int PruneAbove = 64;

    private readonly Dictionary<string, Average> _tenants = [];
    private Average _all;
    private int _pruneAt = PruneAbove;

    /// <summary>Tokens came in.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="tokens">How many.</param>
    /// <param name="now">When, in microseconds of one clock.</param>
    public void AddTokens(string tenant, long tokens, long now)
    {
        _all = _all.AddTokens(tokens, now);
        _tenants[tenant] = _tenants.GetValueOrDefault(tenant).AddTokens(tokens, now);
        if (_tenants.Count > _pruneAt)
        {
            // Less than a token a second is nobody.
            foreach (var (key, average) in _tenants)
            {
                if (average.FindRateAt(now) < 1e-6)
                {
                    _tenants.Remove(key);
                }
            }

            _pruneAt = Math.Max(PruneAbove, 2 * _tenants.Count);
        }
    }

    /// <summary>Tokens a microsecond of all tenants.</summary>
    public double FindTotalRate(long now) => _all.FindRateAt(now);

    /// <summary>Tenants that sent something of late.</summary>
    public Dictionary<string, Average>.KeyCollection Tenants => _tenants.Keys;

    /// <summary>Tokens a microsecond of one tenant.</summary>
    public double FindRate(string tenant, long now) => _tenants.GetValueOrDefault(tenant).FindRateAt(now);

    /// <summary>A rate at the time when it was last added to.</summary>
    internal readonly record struct Average(double Rate, long Updated)
    {
        public double FindRateAt(long now) => Rate * Math.Exp(-Math.Max(0, now - Updated) / MemoryMicroseconds);

        public Average AddTokens(long tokens, long now) => new(FindRateAt(now) + (tokens / MemoryMicroseconds), Math.Max(now, Updated));
    }
}
