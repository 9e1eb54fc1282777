using Reranker.Budgets;
using Reranker.Gateway.Tenants;

namespace Reranker.Gateway.Admission;

/// <summary>The requests of one tenant to one model that this gateway has in progress. Thread-safe.</summary>
internal sealed class TenantBacklog(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<AdmissionLease> _leases = [];

    /// <summary>What the fleet has just refused of them.</summary>
    public RecentRefusals Refusals { get; } = new(time);

    /// <summary>True while one of them is in progress.</summary>
    public bool IsAnyInProgress
    {
        get
        {
            lock (_lock)
            {
                return _leases.Count > 0;
            }
        }
    }

    /// <summary>
    /// Tokens that are served before a new request of so many tokens ends, at least. Requests of a tenant go in the order in
    /// which equal shares would finish them, so of a larger one no more than its own tokens go before; and on each worker
    /// one may be all but done.
    /// </summary>
    public double CountTokensAhead(double tokens, int workers)
    {
        lock (_lock)
        {
            double ahead = 0, largest = 0;
            foreach (var lease in _leases)
            {
                var part = Math.Min(lease.Reserved, tokens);
                ahead += part;
                largest = Math.Max(largest, part);
            }

            return Math.Max(0, ahead - (largest * workers));
        }
    }

    /// <summary>Takes a request in.</summary>
    public AdmissionLease Add(BudgetLease tokenLease, long characters, TokenQuota? quota)
    {
        var lease = new AdmissionLease(this, tokenLease, characters, quota, time);
        lock (_lock)
        {
            _leases.Add(lease);
        }

        return lease;
    }

    /// <summary>Lets a request go; false when it had gone.</summary>
    public bool Remove(AdmissionLease lease)
    {
        lock (_lock)
        {
            return _leases.Remove(lease);
        }
    }
}
