namespace Reranker.Quotas;

/// <summary>
/// Shares out the limits of tenants among gateways. One grain, with <see cref="Key"/>, serves all tenants: a gateway asks once a second,
/// for all of its tenants together.
/// </summary>
[Alias("reranker.quota")]
public interface IQuotaGrain : IGrainWithIntegerKey
{
    /// <summary>The key of the one grain.</summary>
    const long Key = 0;

    /// <summary>Takes in what a gateway has and wants, and says what it may have until the term ends.</summary>
    [Alias("renew")]
    Task<QuotaLeaseReply> RenewAsync(QuotaLeaseRequest request, CancellationToken cancellationToken);
}
