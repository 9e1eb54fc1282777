namespace Reranker.Gateway.Admission;

/// <summary>The tokens that one admitted request holds until it is disposed.</summary>
/// <param name="backlog">Where they are held.</param>
/// <param name="quota">What was charged with them; null where the tenant has none.</param>
/// <param name="reserved">Estimated tokens of the request.</param>
internal sealed class AdmissionLease(TenantBacklog backlog, TokenQuota? quota, long reserved) : IDisposable
{
    private long? _used;

    /// <summary>Estimated tokens of the request.</summary>
    public long Reserved => reserved;

    /// <summary>
    /// Charges what the request really cost. Without it the estimate stays charged: work may be under way, and whoever
    /// leaves it behind has used it.
    /// </summary>
    public void Settle(long tokens) => _used = tokens;

    public void Dispose()
    {
        backlog.Remove(this);
        quota?.Settle(reserved - (_used ?? reserved));
    }
}
