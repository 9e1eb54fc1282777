namespace Reranker.Quotas;

/// <summary>What one gateway has of the tenants' limits, and what it is asked for.</summary>
[GenerateSerializer, Immutable, Alias("reranker.quota-lease-request")]
public sealed record QuotaLeaseRequest
{
    /// <summary>Names the gateway's process.</summary>
    [Id(0)] public required Guid Gateway { get; init; }

    /// <summary>
    /// By how many gateways it divides the limits of tenants that are not among <see cref="Demands"/>; 0 from one that has never had a
    /// lease.
    /// </summary>
    [Id(1)] public required int KnownGateways { get; init; }

    /// <summary>The tenants that want something there, or have another share than an equal one.</summary>
    [Id(2)] public required QuotaDemand[] Demands { get; init; }
}
