namespace Reranker.Quotas;

/// <summary>One gateway's part of one tenant's limits.</summary>
[GenerateSerializer, Immutable, Alias("reranker.quota-share")]
public sealed record QuotaShare
{
    /// <summary>Name of the tenant.</summary>
    [Id(0)] public required string Tenant { get; init; }

    /// <summary>The part, from 0 to 1.</summary>
    [Id(1)] public required double Share { get; init; }
}
