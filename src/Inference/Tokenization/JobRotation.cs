namespace Reranker.Inference.Tokenization;

/// <summary>
/// Whose chunk is tokenized next: tenants in turn, and the requests of a tenant in turn. A request of 10,000 passages does
/// not hold up one of ten, and neither do a tenant's thousand requests hold up another's one. Not thread-safe.
/// </summary>
internal sealed class JobRotation
{
    private readonly LinkedList<TenantJobs> _turns = new();
    private readonly Dictionary<string, TenantJobs> _tenants = new(StringComparer.Ordinal);

    public bool IsEmpty => _turns.Count == 0;

    /// <summary>Puts a job behind the others of its tenant, and its tenant behind the others if it had none.</summary>
    public void AddJob(TokenizationJob job)
    {
        if (!_tenants.TryGetValue(job.Tenant, out var tenant))
        {
            _tenants.Add(job.Tenant, tenant = new TenantJobs(job.Tenant));
            _turns.AddLast(tenant.Node);
        }

        tenant.Jobs.AddLast(job.Node);
    }

    /// <summary>Takes a chunk of the job whose turn it is, and puts what is left of it behind. There must be one.</summary>
    public (TokenizationJob Job, (int Start, int End) Chunk) TakeChunk()
    {
        var tenant = _turns.First!.Value;
        var job = tenant.Jobs.First!.Value;
        tenant.Jobs.RemoveFirst();
        var chunk = job.TakeChunk();
        if (job.HasMore)
        {
            tenant.Jobs.AddLast(job.Node);
        }

        _turns.RemoveFirst();
        if (tenant.Jobs.Count > 0)
        {
            _turns.AddLast(tenant.Node);
        }
        else
        {
            _tenants.Remove(tenant.Key);
        }

        return (job, chunk);
    }

    /// <summary>Drops a job that may have been taken in full by now.</summary>
    public void RemoveJob(TokenizationJob job)
    {
        if (job.Node.List is null)
        {
            return;
        }

        var tenant = _tenants[job.Tenant];
        tenant.Jobs.Remove(job.Node);
        if (tenant.Jobs.Count == 0)
        {
            _turns.Remove(tenant.Node);
            _tenants.Remove(tenant.Key);
        }
    }

    /// <summary>Takes all jobs out.</summary>
    public TokenizationJob[] TakeAll()
    {
        TokenizationJob[] jobs = [.. _turns.SelectMany(static tenant => tenant.Jobs)];
        foreach (var tenant in _turns)
        {
            tenant.Jobs.Clear();
        }

        _turns.Clear();
        _tenants.Clear();
        return jobs;
    }

    private sealed class TenantJobs
    {
        public TenantJobs(string key) => (Key, Node) = (key, new LinkedListNode<TenantJobs>(this));

        public string Key { get; }

        public LinkedListNode<TenantJobs> Node { get; }

        public LinkedList<TokenizationJob> Jobs { get; } = new();
    }
}
