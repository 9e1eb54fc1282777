using Reranker.Budgets;
using Reranker.Gateway.Tenants;

namespace Reranker.Gateway.Admission;

/// <summary>The tokens that one admitted request holds until it is disposed.</summary>
/// <param name="backlog">Its tenant's requests in progress.</param>
/// <param name="tokens">The estimate, taken from what all may have.</param>
/// <param name="characters">Of its texts.</param>
/// <param name="quota">What was charged with it; null where the tenant has none.</param>
/// <param name="time">The clock.</param>
internal sealed class AdmissionLease(TenantBacklog backlog, BudgetLease tokens, long characters, TokenQuota? quota, TimeProvider time) : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private long? _used;

    /// <summary>Estimated tokens of the request.</summary>
    public long Reserved { get; } = tokens.Held;

    /// <summary>
    /// Charges what the request really cost. Without it the estimate stays charged: work may be under way, and whoever
    /// leaves it behind has used it.
    /// </summary>
    public void SetUsedTokens(long used) => _used = used;

    /// <summary>Keeps that the fleet had no room for the request, so that it need not say so of the next ones.</summary>
    /// <param name="remaining">Time it had left when it was sent.</param>
    /// <param name="retryAfter">When the fleet asks to try again.</param>
    public void KeepRefusal(TimeSpan remaining, TimeSpan? retryAfter) => backlog.Refusals.Add(Reserved, characters, remaining, retryAfter);

    public void Dispose()
    {
        if (!backlog.Remove(this))
        {
            return;
        }

        tokens.Dispose();
        quota?.Leave(Reserved - (_used ?? Reserved), time.GetElapsedTime(_started));
    }
}
