namespace Reranker.Inference.Batching;

/// <summary>
/// The pairs that wait, in the order of their turns: tenants share alike, requests of a tenant go in the order in which
/// equal shares would finish them, pairs of a request go first come, first served. Not thread-safe.
/// </summary>
internal sealed class FairQueue(long quantum)
{
    private readonly TenantOrder _tenants = new(quantum);
    private readonly OtherTenants _others = new();
    private readonly List<RequestFlow> _broken = [];

    /// <summary>Tokens of all pairs that wait.</summary>
    public long WaitingTokens { get; private set; }

    /// <summary>Tokens that wait of one tenant.</summary>
    public long WaitingTokensOf(string tenant) => _tenants.Find(tenant)?.WaitingTokens ?? 0;

    public void Add(QueuedWork work)
    {
        var tenant = _tenants.GetOrAdd(work.Work.Tenant, key => new TenantFlow(key, quantum));
        var request = tenant.Requests.GetOrAdd(work.Work.RequestId, key => new RequestFlow(key, tenant));
        (tenant.LatestStart, request.LatestStart, request.Deadline) = (work.LatestStart, work.LatestStart, work.Deadline);
        work.Flow = work.LastFlow = request;
        request.Works.Enqueue(work);
        request.NoteSize(work.WaitingTokens, work.Work.RequestTokens);
        WaitingTokens += work.WaitingTokens;
        tenant.Requests.Add(request, work.WaitingTokens, work.MinRound);
        _tenants.Add(tenant, work.WaitingTokens);
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
            // With the turn it had, and its tenant with what it was served. Only where a tenant was forgotten and came back
            // meanwhile, the request is a new one there, and goes first: all others came later.
            var last = work.LastFlow!;
            var tenant = _tenants.Recall(last.Tenant);
            work.Flow = work.LastFlow = tenant.Requests.Recall(tenant == last.Tenant ? last : new RequestFlow(last.Key, tenant));
            (work.Flow.LatestStart, work.Flow.Deadline) = (work.LatestStart, work.Deadline);
            work.Flow.NoteSize(0, Math.Max(last.Size, work.Work.RequestTokens));
            work.Flow.Works.Enqueue(work);
        }

        var request = work.Flow;
        WaitingTokens += pair.Length;
        request.Tenant.Requests.Return(request, pair.Length);
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
        request.NoteLeft(work.WaitingTokens);
        request.Tenant.Requests.Leave(request, work.WaitingTokens);
        TenantOrder.Drop(request.Tenant, work.WaitingTokens);
        RestIfEmpty(request);
    }

    /// <summary>
    /// True when a new work ends in time where its turn would be, and nobody whom it was promised ends late because of it:
    /// what was admitted is a promise, but what is larger than a batch has none against what is not.
    /// </summary>
    public bool Fits(QueuedWork work, double allowed, Admission device, ArrivalRates rates, ArrivalRates smallRates)
    {
        _broken.Clear();
        if (new AdmissionCheck(_tenants, rates, smallRates, _others, _broken, device, work.Arrival, quantum).Fits(work, allowed))
        {
            return true;
        }

        // What stays out breaks nothing.
        _broken.Clear();
        return false;
    }

    /// <summary>
    /// The works that will be late because the last one fitted, and of which nothing was scored yet: to tell them now costs
    /// nothing but their wait. Of what was begun the rest is tried all the same. Each is named once.
    /// </summary>
    public QueuedWork[] TakeBroken()
    {
        if (_broken.Count == 0)
        {
            return [];
        }

        QueuedWork[] works = [.. _broken.Where(static flow => flow.IsUntouched).SelectMany(static flow => flow.Works).Where(static work => work.Flow is not null)];
        _broken.Clear();
        return works;
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
        request.Tenant.Requests.Remove(request);
        if (request.Tenant.WaitingTokens == 0)
        {
            _tenants.Rest(request.Tenant.Key, request.Tenant);
        }
    }
}
