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

    /// <summary>Tokens that wait in one flow.</summary>
    public long CountWaitingTokens(string flow) => _tenants.FindFlow(flow)?.WaitingTokens ?? 0;

    public void AddItem(QueuedItem work)
    {
        var tenant = _tenants.GetOrAdd(work.FlowKey, key => new TenantFlow(key, quantum));
        var request = tenant.Requests.GetOrAdd(work.Item.RequestId, key => new RequestFlow(key, tenant));
        (tenant.LatestStart, request.LatestStart, request.Deadline) = (work.LatestStart, work.LatestStart, work.Deadline);
        work.Flow = work.LastFlow = request;
        request.Works.Enqueue(work);
        request.AddArrivedTokens(work.WaitingTokens, work.Item.RequestTokens);
        WaitingTokens += work.WaitingTokens;
        tenant.Requests.AddTokens(request, work.WaitingTokens, work.MinRound);
        _tenants.AddTokens(tenant, work.WaitingTokens);
    }

    /// <summary>Looks at the pair whose turn it is.</summary>
    public bool TryPeekPair(out QueuedPair pair)
    {
        while (_tenants.PeekNext()?.Requests.PeekNext() is { } request)
        {
            var work = request.Works.Peek();
            if (work.Flow is null)
            {
                request.Works.Dequeue();
                continue;
            }

            if (work.IsDone)
            {
                // It ended a moment ago, and the thread that ended it is about to remove it here.
                RemoveItem(work);
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

    /// <summary>Takes the pair that <see cref="TryPeekPair"/> showed, and charges its flows.</summary>
    public void TakePair(QueuedPair pair)
    {
        var request = pair.Owner.Flow!;
        pair.Owner.TakePair();
        WaitingTokens -= pair.Length;
        request.Tenant.Requests.ServeTokens(request, pair.Length);
        _tenants.ServeTokens(request.Tenant, pair.Length);
        RetireFlowIfEmpty(request);
    }

    /// <summary>Puts a pair back that was taken and not run; its flows get back what they were charged.</summary>
    public void ReturnPair(QueuedPair pair)
    {
        var work = pair.Owner;
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
            var tenant = _tenants.GetOrRestoreFlow(last.Tenant);
            work.Flow = work.LastFlow = tenant.Requests.GetOrRestoreFlow(tenant == last.Tenant ? last : new RequestFlow(last.Key, tenant));
            (work.Flow.LatestStart, work.Flow.Deadline) = (work.LatestStart, work.Deadline);
            work.Flow.AddArrivedTokens(0, Math.Max(last.Size, work.Item.RequestTokens));
            work.Flow.Works.Enqueue(work);
        }

        var request = work.Flow;
        WaitingTokens += pair.Length;
        request.Tenant.Requests.ReturnTokens(request, pair.Length);
        _tenants.ServeTokens(request.Tenant, -pair.Length);
    }

    /// <summary>Takes out what still waits of a work that has ended.</summary>
    public void RemoveItem(QueuedItem work)
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
        request.SubtractRemovedTokens(work.WaitingTokens);
        request.Tenant.Requests.RemoveTokens(request, work.WaitingTokens);
        TenantOrder.RemoveTokens(request.Tenant, work.WaitingTokens);
        RetireFlowIfEmpty(request);
    }

    /// <summary>
    /// True when a new work item ends in time where its turn would be, and makes no request late that was admitted before: an
    /// admission is a promise. Only a request that is larger than a batch has no promise against one that is not.
    /// </summary>
    public bool CanAdmit(QueuedItem work, double allowed, DeviceForecast device, ArrivalRates rates, ArrivalRates smallRates)
    {
        _broken.Clear();
        if (new AdmissionCheck(_tenants, rates, smallRates, _others, _broken, device, work.Arrival, quantum).CanAdmit(work, allowed))
        {
            return true;
        }

        // An item that is not admitted breaks no promise.
        _broken.Clear();
        return false;
    }

    /// <summary>
    /// The work items that will be late because the last one was admitted, and of which nothing was scored yet: telling them now
    /// wastes no device time. Those that were begun are tried all the same. Each is named once.
    /// </summary>
    public QueuedItem[] TakeItemsMadeLate()
    {
        if (_broken.Count == 0)
        {
            return [];
        }

        QueuedItem[] works = [.. _broken.Where(static flow => flow.IsUntouched).SelectMany(static flow => flow.Works).Where(static work => work.Flow is not null)];
        _broken.Clear();
        return works;
    }

    private void RetireFlowIfEmpty(RequestFlow request)
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
        request.Tenant.Requests.ForgetIfEnded(request);
        if (request.Tenant.WaitingTokens == 0)
        {
            _tenants.ForgetFlowWhenCaughtUp(request.Tenant.Key, request.Tenant);
        }
    }
}
