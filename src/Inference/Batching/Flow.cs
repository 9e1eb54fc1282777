namespace Reranker.Inference.Batching;

/// <summary>One that is served in turn with others of its kind: a tenant, or a request of a tenant.</summary>
internal abstract class Flow
{
    /// <summary>Tokens that wait in it.</summary>
    public long WaitingTokens { get; set; }

    /// <summary>The latest start of what came to it last; decides between flows that were served alike.</summary>
    public long LatestStart { get; set; }

    /// <summary>Tells its valid entry in the order from those it left behind; 0 while it is not in the order.</summary>
    public long Entry { get; set; }
}

/// <summary>The works of one request.</summary>
internal sealed class RequestFlow(Guid key, TenantFlow tenant) : Flow
{
    private long _came;

    public Guid Key { get; } = key;

    public TenantFlow Tenant { get; } = tenant;

    /// <summary>When it would end by sharing, in virtual time, as that was when something came to it last; its place goes by it.</summary>
    public double Turn { get; set; }

    /// <summary>When it ends by sharing, in virtual time; 0 when it has ended.</summary>
    public double End { get; set; }

    /// <summary>Its place in the order of its tenant; of worth while <see cref="Flow.Entry"/> is not 0.</summary>
    public RequestOrder.Place Place { get; set; }

    /// <summary>When what came to it last is worth nothing any more.</summary>
    public long Deadline { get; set; }

    /// <summary>Tokens of the whole request, wherever they are scored; no less than what came here.</summary>
    public long Size { get; private set; }

    /// <summary>True while nothing of what came here was taken, but for what left.</summary>
    public bool IsUntouched => WaitingTokens == _came;

    public Queue<QueuedItem> Works { get; } = new();

    /// <summary>More of the request came here.</summary>
    /// <param name="tokens">Tokens that came.</param>
    /// <param name="requestTokens">Tokens that the whole request is said to have.</param>
    public void AddArrivedTokens(long tokens, long requestTokens)
    {
        _came += tokens;
        Size = Math.Max(Size, Math.Max(_came, requestTokens));
    }

    /// <summary>Tokens left that had waited until then.</summary>
    public void SubtractRemovedTokens(long tokens) => _came -= tokens;
}

/// <summary>The requests of one tenant and class.</summary>
internal sealed class TenantFlow(string key, long quantum) : Flow
{
    public string Key { get; } = key;

    /// <summary>How much it gets beside others.</summary>
    public int Weight { get; } = FlowKeys.FindWeight(key);

    /// <summary>Charges for tokens it was served, by its weight, counted from where the others stood when it came.</summary>
    public long Served { get; set; }

    public RequestOrder Requests { get; } = new(quantum);
}
