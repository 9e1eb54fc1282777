namespace Reranker.Gateway.Tenants;

/// <summary>What one tenant may use, over all gateways together. 0 is no limit.</summary>
/// <param name="TokensPerMinute">Tokens a minute, on average.</param>
/// <param name="TokenBurst">Tokens at once after a rest; of worth with <paramref name="TokensPerMinute"/>.</param>
/// <param name="MaxConcurrentRequests">Requests in progress.</param>
internal sealed record TenantLimits(long TokensPerMinute, long TokenBurst, int MaxConcurrentRequests)
{
    /// <summary>Whether there is anything to keep.</summary>
    public bool IsAny => TokensPerMinute > 0 || MaxConcurrentRequests > 0;
}
