using Reranker.Quotas;

namespace Reranker.Client.Fleet;

/// <summary>Leases parts of the tenants' limits from the cluster.</summary>
internal interface IQuotaLeases
{
    /// <summary>Says what this process has and wants, and gets what it may have.</summary>
    /// <exception cref="RerankException">No silo answered in time, or none knows of leases.</exception>
    Task<QuotaLeaseReply> RenewAsync(QuotaLeaseRequest request, CancellationToken cancellationToken);
}
