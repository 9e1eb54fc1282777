namespace Reranker.Quotas;

/// <summary>What a gateway may have of the tenants' limits.</summary>
[GenerateSerializer, Immutable, Alias("reranker.quota-lease-reply")]
public sealed record QuotaLeaseReply
{
    /// <summary>How long it holds, counted from when the gateway sent its request.</summary>
    [Id(0)] public required int TermMilliseconds { get; init; }

    /// <summary>Gateways that share the limits; a tenant that is not among <see cref="Shares"/> has an equal share at each.</summary>
    [Id(1)] public required int Gateways { get; init; }

    /// <summary>The tenants that somebody asks for at present.</summary>
    [Id(2)] public required QuotaShare[] Shares { get; init; }
}
