namespace Reranker.Gateway.Admission;

/// <summary>The requests of one tenant to one model that this gateway has in progress. Thread-safe.</summary>
internal sealed class TenantBacklog(string tenant, TokensInFlight all)
{
    private readonly Lock _lock = new();
    private readonly HashSet<AdmissionLease> _leases = [];

    /// <summary>Requests in progress.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _leases.Count;
            }
        }
    }

    /// <summary>
    /// Tokens that are served before a new request of so many tokens ends, at least. Requests of a tenant go in the order in
    /// which equal shares would finish them, so of a larger one no more than its own tokens go before; and on each worker
    /// one may be all but done.
    /// </summary>
    public double CountAhead(double tokens, int workers)
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

    /// <summary>Takes a request in whose tokens were taken from what all may have.</summary>
    public AdmissionLease Add(long tokens, TokenQuota? quota)
    {
        var lease = new AdmissionLease(this, quota, tokens);
        lock (_lock)
        {
            _leases.Add(lease);
        }

        return lease;
    }

    public void Remove(AdmissionLease lease)
    {
        lock (_lock)
        {
            if (!_leases.Remove(lease))
            {
                return;
            }
        }

        all.Return(tenant, lease.Reserved);
    }
}
