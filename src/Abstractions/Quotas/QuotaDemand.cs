namespace Reranker.Quotas;

/// <summary>What one tenant wants at one gateway.</summary>
[GenerateSerializer, Immutable, Alias("reranker.quota-demand")]
public sealed record QuotaDemand
{
    /// <summary>Name of the tenant.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>Tokens a second that it has been asking for of late, refused ones included.</summary>
    [Id(1)] public required double TokensPerSecond { get; init; }

    /// <summary>The share of the tenant's limits that the gateway uses now, from 0 to 1; its requests in progress count as they are.</summary>
    [Id(2)] public required double HeldShare { get; init; }
}
