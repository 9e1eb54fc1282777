using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>The quotas of the tenants that have one; keys of the same tenant share it, and the smallest counts.</summary>
internal sealed class TokenQuotas(IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly FrozenDictionary<string, TokenQuota> _quotas = options.Value.ApiKeys
        .Where(static key => key.TokensPerMinute > 0)
        .GroupBy(static key => key.Tenant, StringComparer.Ordinal)
        .ToFrozenDictionary(
            static tenant => tenant.Key,
            tenant => new TokenQuota(tenant.Min(static key => key.TokensPerMinute), time),
            StringComparer.Ordinal);

    /// <summary>The quota of a tenant, or null.</summary>
    public TokenQuota? FindQuota(string tenant) => _quotas.GetValueOrDefault(tenant);
}
