namespace Reranker.Inference.Batching;

/// <summary>
/// Start-time fair queuing (Goyal, Vin, Cheng 1996) over tenants, with tokens as the cost: the flow that was served least for its weight
/// goes next. Tenants weigh alike; only classes of work do not. A flow that comes new or after a rest starts where the least served stands, so that it neither pays
/// for the past nor has credit from it. Flows within one quantum of each other count as even; among those the earlier latest
/// start decides. Claiming a short deadline gains no more than that.
/// </summary>
/// <remarks>Not thread-safe. Every operation is O(log flows), amortized: entries that a flow left behind are dropped at the head.</remarks>
internal sealed class TenantOrder(long quantum)
{
    private readonly Dictionary<string, TenantFlow> _flows = [];
    private readonly PriorityQueue<(TenantFlow Flow, long Entry), (long Round, long LatestStart, long Entry)> _order = new();
    private readonly PriorityQueue<(string Key, TenantFlow Flow), long> _resting = new();
    private long _entries;
    private long _floor;

    // Not as an interface: its enumerator would be allocated, and admission walks it.
    public Dictionary<string, TenantFlow>.ValueCollection Flows => _flows.Values;

    public TenantFlow? FindFlow(string key) => _flows.GetValueOrDefault(key);

    public TenantFlow GetOrAdd(string key, Func<string, TenantFlow> create)
    {
        if (!_flows.TryGetValue(key, out var flow))
        {
            _flows.Add(key, flow = create(key));
        }

        return flow;
    }

    /// <summary>The flow as it is known here; one that was forgotten comes back with what it was served.</summary>
    public TenantFlow GetOrRestoreFlow(TenantFlow flow) => _flows.TryAdd(flow.Key, flow) ? flow : _flows[flow.Key];

    /// <summary>The flow whose turn it is; flows without waiting tokens leave on the way.</summary>
    public TenantFlow? PeekNext()
    {
        while (_order.TryPeek(out var head, out _))
        {
            if (head.Flow.Entry == head.Entry && head.Flow.WaitingTokens > 0)
            {
                _floor = Math.Max(_floor, head.Flow.Served);
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

    /// <summary>More waits in the flow; brings it into the order if it is not there.</summary>
    public void AddTokens(TenantFlow flow, long tokens)
    {
        flow.WaitingTokens += tokens;
        if (flow.Entry != 0)
        {
            return;
        }

        // Where the least served stands; if nobody waits, where the last one stood.
        flow.Served = Math.Max(flow.Served, PeekNext() is { } least ? least.Served : _floor);
        PutInOrder(flow);
    }

    /// <summary>Serves the flow: its waiting tokens fall, and its turn moves back (or, with negative tokens, forth again).</summary>
    public void ServeTokens(TenantFlow flow, long tokens)
    {
        flow.WaitingTokens -= tokens;
        flow.Served += FlowKeys.WeighTokens(tokens, flow.Weight);
        if (flow.WaitingTokens > 0)
        {
            PutInOrder(flow);
        }
        else
        {
            flow.Entry = 0;
        }
    }

    /// <summary>What waited left without being served.</summary>
    public static void RemoveTokens(TenantFlow flow, long tokens) => flow.WaitingTokens -= tokens;

    /// <summary>A flow has nothing left. It is remembered until the others have caught up with it: leaving clears no debt.</summary>
    public void ForgetFlowWhenCaughtUp(string key, TenantFlow flow)
    {
        _resting.Enqueue((key, flow), flow.Served);
        var least = PeekNext()?.Served ?? long.MaxValue;
        while (_resting.TryPeek(out var rested, out var served) && served <= least)
        {
            _resting.Dequeue();
            if (rested.Flow.WaitingTokens == 0 && _flows.TryGetValue(rested.Key, out var known) && known == rested.Flow)
            {
                _flows.Remove(rested.Key);
            }
        }
    }

    private void PutInOrder(TenantFlow flow)
    {
        flow.Entry = ++_entries;
        _order.Enqueue((flow, flow.Entry), (flow.Served / (quantum * FlowKeys.ChargesPerToken), flow.LatestStart, flow.Entry));
    }
}
