using Reranker.Quotas;

namespace Reranker.Grains.Quotas;

/// <summary>
/// Shares out the tenants' limits. What it knows is gone with its silo: for a term it then takes gateways at their word, and grants none
/// more than it says to have.
/// </summary>
internal sealed class QuotaGrain(TimeProvider time) : Grain, IQuotaGrain
{
    private readonly QuotaLedger _ledger = new(time);

    /// <inheritdoc/>
    public Task<QuotaLeaseReply> RenewAsync(QuotaLeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.FromResult(_ledger.RenewLease(request));
    }
}
