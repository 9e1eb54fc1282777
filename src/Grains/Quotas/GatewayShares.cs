namespace Reranker.Grains.Quotas;

/// <summary>What is known of one gateway that shares the limits.</summary>
internal sealed class GatewayShares
{
    /// <summary>Timestamp of its last request.</summary>
    public long Seen { get; set; }

    /// <summary>By how many gateways it divided the limits when it asked; 0 when it had never had a lease.</summary>
    public int KnownGateways { get; set; }

    /// <summary>Most that it may take of a tenant which no reply has named: what it said, or what it was told since.</summary>
    public double EqualShare { get; set; }

    /// <summary>The tenants that have been asked for of late.</summary>
    public Dictionary<string, TenantHolding> Tenants { get; } = new(StringComparer.Ordinal);

    /// <summary>Most that it may take of a tenant now.</summary>
    public double FindHeld(string tenant) => Tenants.TryGetValue(tenant, out var holding) ? holding.Held : EqualShare;

    /// <summary>Tokens a second that a tenant wants there.</summary>
    public double FindDemand(string tenant) => Tenants.TryGetValue(tenant, out var holding) ? holding.Demand : 0;
}
