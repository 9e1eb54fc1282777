namespace Reranker.Gateway.Admission;

/// <summary>Estimated tokens of all requests in progress, and who may have how many of them. Thread-safe.</summary>
/// <param name="max">Most of them; 0 for no limit.</param>
internal sealed class TokensInFlight(long max)
{
    // A tenant may hold eight times what it leaves free, so that whoever comes next finds some (dynamic thresholds;
    // Choudhury and Hahne, 1998).
    private const long TimesFree = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _tenants = new(StringComparer.Ordinal);
    private long _tokens;

    /// <summary>The tokens now.</summary>
    public long Count => Volatile.Read(ref _tokens);

    /// <summary>Takes so many for a tenant, or says how many must be done before. Any number is given when nothing is in progress.</summary>
    public bool TryTake(string tenant, long tokens, out long excess)
    {
        lock (_lock)
        {
            excess = 0;
            var own = _tenants.GetValueOrDefault(tenant);
            if (max > 0 && _tokens > 0)
            {
                var free = max - _tokens;
                excess = Math.Max(0, tokens - (own > 0 ? Math.Min(free, (TimesFree * free) - own) : free));
            }

            if (excess > 0)
            {
                return false;
            }

            _tokens += tokens;
            _tenants[tenant] = own + tokens;
            return true;
        }
    }

    public void Return(string tenant, long tokens)
    {
        lock (_lock)
        {
            _tokens -= tokens;
            if ((_tenants[tenant] -= tokens) == 0)
            {
                _tenants.Remove(tenant);
            }
        }
    }
}
