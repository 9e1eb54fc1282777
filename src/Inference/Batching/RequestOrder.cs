namespace Reranker.Inference.Batching;

/// <summary>
/// The requests of one tenant in the order in which they would be done if they shared the tenant's part alike, served one
/// after another: nobody ends later than by sharing, and all but the last end sooner (the fair sojourn protocol, Friedman and
/// Henderson 2003). Sharing itself would, under more load than can be served, bring every request forward a little and
/// none of them home in time.
/// </summary>
/// <remarks>
/// A request's turn is the virtual time of its arrival plus its tokens; virtual time moves on by the tokens served, divided by
/// the requests that wait, so a small request overtakes a large one, and no stream of small ones holds up a large one for
/// longer than sharing would. Turns within one quantum count as even; among those the earlier latest start decides.
/// Not thread-safe.
/// </remarks>
internal sealed class RequestOrder(long quantum)
{
    private readonly Dictionary<Guid, RequestFlow> _flows = [];
    private readonly PriorityQueue<(RequestFlow Flow, long Entry), (long Turn, long LatestStart, long Entry)> _order = new();
    private double _virtual;
    private long _entries;
    private int _waiting;

    public IReadOnlyCollection<RequestFlow> Flows => _flows.Values;

    public RequestFlow GetOrAdd(Guid key, Func<Guid, RequestFlow> create)
    {
        if (!_flows.TryGetValue(key, out var flow))
        {
            _flows.Add(key, flow = create(key));
        }

        return flow;
    }

    /// <summary>The request whose turn it is; requests without waiting tokens leave on the way.</summary>
    public RequestFlow? Peek()
    {
        while (_order.TryPeek(out var head, out _))
        {
            if (head.Flow.Entry == head.Entry && head.Flow.WaitingTokens > 0)
            {
                return head.Flow;
            }

            _order.Dequeue();
            if (head.Flow.Entry == head.Entry)
            {
                head.Flow.Entry = 0;
            }
        }

        return null;
    }

    /// <summary>The turn that so many more tokens of a request would get.</summary>
    public double TurnOf(Guid key, long tokens) => (_flows.TryGetValue(key, out var flow) ? Math.Max(flow.Turn, _virtual) : _virtual) + tokens;

    /// <summary>More waits of the request.</summary>
    public void Add(RequestFlow flow, long tokens)
    {
        flow.Turn = TurnOf(flow.Key, tokens);
        Wait(flow, tokens);
        Place(flow);
    }

    /// <summary>Serves the request: its waiting tokens fall, and virtual time moves on.</summary>
    public void Serve(RequestFlow flow, long tokens)
    {
        _virtual += (double)tokens / Math.Max(1, _waiting);
        Leave(flow, tokens);
    }

    /// <summary>Takes back that tokens were served; the request keeps the turn it had.</summary>
    public void Return(RequestFlow flow, long tokens)
    {
        Wait(flow, tokens);
        _virtual -= (double)tokens / Math.Max(1, _waiting);
        if (flow.Entry == 0)
        {
            Place(flow);
        }
    }

    /// <summary>What waited left without being served.</summary>
    public void Leave(RequestFlow flow, long tokens)
    {
        flow.WaitingTokens -= tokens;
        if (flow.WaitingTokens == 0 && tokens > 0)
        {
            _waiting--;
            flow.Entry = 0;
        }
    }

    /// <summary>The request has nothing left.</summary>
    public void Remove(RequestFlow flow) => _flows.Remove(flow.Key);

    private void Wait(RequestFlow flow, long tokens)
    {
        _waiting += flow.WaitingTokens == 0 ? 1 : 0;
        flow.WaitingTokens += tokens;
    }

    private void Place(RequestFlow flow)
    {
        flow.Entry = ++_entries;
        _order.Enqueue((flow, flow.Entry), ((long)(flow.Turn / quantum), flow.LatestStart, flow.Entry));
    }
}
