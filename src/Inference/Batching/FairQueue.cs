namespace Reranker.Inference.Batching;

/// <summary>
/// The pairs that wait, in the order of their turns: tenants share alike, requests of a tenant share the tenant's part
/// alike, pairs of a request go first come, first served. Not thread-safe.
/// </summary>
internal sealed class FairQueue(long quantum)
{
    private readonly FairOrder<string, TenantFlow> _tenants = new(quantum);

    /// <summary>Tokens of all pairs that wait.</summary>
    public long WaitingTokens { get; private set; }

    public void Add(QueuedWork work)
    {
        var tenant = _tenants.GetOrAdd(work.Work.Tenant, key => new TenantFlow(key, quantum));
        var request = tenant.Requests.GetOrAdd(work.Work.RequestId, key => new RequestFlow(key, tenant));
        (tenant.LatestStart, request.LatestStart) = (work.LatestStart, work.LatestStart);
        work.Flow = request;
        request.Works.Enqueue(work);
        Wait(request, work.WaitingTokens);
    }

    /// <summary>Looks at the pair whose turn it is.</summary>
    public bool TryPeek(out QueuedPair pair)
    {
        while (_tenants.Peek()?.Requests.Peek() is { } request)
        {
            var work = request.Works.Peek();
            if (work.Flow is null)
            {
                request.Works.Dequeue();
                continue;
            }

            if (work.IsDone)
            {
                // Ended a moment ago, and whoever ended it is on the way here to remove it.
                Remove(work);
                continue;
            }

            var index = work.PeekPair();
            if (index >= 0)
            {
                pair = new QueuedPair(work, index);
                return true;
            }

            request.Works.Dequeue();
            work.Flow = null;
        }

        pair = default;
        return false;
    }

    /// <summary>Takes the pair that <see cref="TryPeek"/> showed, and charges its flows.</summary>
    public void Take(QueuedPair pair)
    {
        var request = pair.Work.Flow!;
        pair.Work.TakePair();
        WaitingTokens -= pair.Length;
        request.Tenant.Requests.Serve(request, pair.Length);
        _tenants.Serve(request.Tenant, pair.Length);
        RestIfEmpty(request);
    }

    /// <summary>Puts a pair back that was taken and not run; its flows get back what they were charged.</summary>
    public void Return(QueuedPair pair)
    {
        var work = pair.Work;
        if (work.IsDone)
        {
            return;
        }

        work.ReturnPair(pair.Index);
        if (work.Flow is null)
        {
            var tenant = _tenants.GetOrAdd(work.Work.Tenant, key => new TenantFlow(key, quantum));
            work.Flow = tenant.Requests.GetOrAdd(work.Work.RequestId, key => new RequestFlow(key, tenant));
            work.Flow.Works.Enqueue(work);
        }

        var request = work.Flow;
        WaitingTokens += pair.Length;
        request.Tenant.Requests.Serve(request, -pair.Length);
        _tenants.Serve(request.Tenant, -pair.Length);
    }

    /// <summary>Takes out what still waits of a work that has ended.</summary>
    public void Remove(QueuedWork work)
    {
        if (work.Flow is not { } request)
        {
            return;
        }

        work.Flow = null;
        if (request.Works.TryPeek(out var head) && head == work)
        {
            request.Works.Dequeue();
        }

        WaitingTokens -= work.WaitingTokens;
        FairOrder<Guid, RequestFlow>.Drop(request, work.WaitingTokens);
        FairOrder<string, TenantFlow>.Drop(request.Tenant, work.WaitingTokens);
        RestIfEmpty(request);
    }

    /// <summary>
    /// Most tokens that are served before a new work of that size is done, if nothing else comes: of each other tenant no
    /// more than of its own, of each other request of its tenant no more than of itself.
    /// </summary>
    public long TokensAhead(string tenant, Guid request, long tokens)
    {
        var own = _tenants.Find(tenant);
        long ahead = 0;
        foreach (var flow in own?.Requests.Flows ?? [])
        {
            ahead += flow.Key == request ? flow.WaitingTokens : Math.Min(flow.WaitingTokens, tokens + quantum);
        }

        var ofTenant = ahead + tokens;
        foreach (var flow in _tenants.Flows)
        {
            ahead += flow == own ? 0 : Math.Min(flow.WaitingTokens, ofTenant + quantum);
        }

        return Math.Min(ahead, WaitingTokens);
    }

    private void Wait(RequestFlow request, long tokens)
    {
        WaitingTokens += tokens;
        request.Tenant.Requests.Add(request, tokens);
        _tenants.Add(request.Tenant, tokens);
    }

    private void RestIfEmpty(RequestFlow request)
    {
        if (request.WaitingTokens > 0)
        {
            return;
        }

        // Works that wait no more may still be listed; nothing of them is needed here.
        foreach (var work in request.Works)
        {
            work.Flow = null;
        }

        request.Works.Clear();
        request.Tenant.Requests.Rest(request.Key, request);
        if (request.Tenant.WaitingTokens == 0)
        {
            _tenants.Rest(request.Tenant.Key, request.Tenant);
        }
    }
}
