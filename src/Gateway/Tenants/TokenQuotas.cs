using System.Collections.Concurrent;

namespace Reranker.Gateway.Tenants;

/// <summary>The quotas of the tenants that have one; keys of the same tenant share it.</summary>
internal sealed class TokenQuotas(KeyRingSource keys, QuotaShares shares, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TokenQuota> _quotas = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private KeyRing? _ring;

    /// <summary>The quota of a tenant, or null.</summary>
    public TokenQuota? FindQuota(string tenant)
    {
        var ring = keys.Current;
        if (ring != Volatile.Read(ref _ring))
        {
            UpdateLimits();
        }

        return ring.Tenants.TryGetValue(tenant, out var limits) && limits.IsAny
            ? _quotas.GetOrAdd(tenant, static (tenant, state) => new TokenQuota(state.limits, state.shares.FindShare(tenant), state.time), (limits, shares, time))
            : null;
    }

    /// <summary>The tenants that have asked for anything so far.</summary>
    public IEnumerable<KeyValuePair<string, TokenQuota>> ListQuotas() => _quotas;

    /// <summary>Gives every quota the limits and the share that its tenant has now.</summary>
    public void UpdateLimits()
    {
        lock (_lock)
        {
            var ring = keys.Current;
            foreach (var (tenant, quota) in _quotas)
            {
                if (ring.Tenants.TryGetValue(tenant, out var limits) && limits.IsAny)
                {
                    quota.SetLimits(limits, shares.FindShare(tenant));
                }
                else
                {
                    _quotas.TryRemove(tenant, out _);
                }
            }

            Volatile.Write(ref _ring, ring);
        }
    }
}
