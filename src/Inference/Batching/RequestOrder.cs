using System.Runtime.InteropServices;

namespace Reranker.Inference.Batching;

/// <summary>
/// The requests of one tenant, served one after another in the order in which they would end if they shared the tenant's part
/// equally. None ends later than by sharing, and all but the last end sooner (the fair sojourn protocol, Friedman and Henderson
/// 2003). Sharing itself would, under more load than can be served, let every request progress a little and none end in time.
/// </summary>
/// <remarks>
/// A request's turn is when it would end by sharing, in the virtual time of <see cref="ProcessorSharing"/>; so a small request
/// overtakes a large one, and no stream of small ones holds up a large one for longer than sharing would. Who was served
/// goes on sharing there until its turn: without it virtual time would run ahead, and a large one reach its turn with much
/// of it left. Turns within one quantum count as even; among those the earlier latest start decides.
/// Kept as a sorted list, because admission walks it; hundreds of requests are moved in a microsecond. Not thread-safe.
/// </remarks>
internal sealed class RequestOrder(long quantum)
{
    private readonly Dictionary<Guid, RequestFlow> _flows = [];
    private readonly List<RequestFlow> _order = [];
    private readonly ProcessorSharing _sharing = new();
    private long _entries;

    /// <summary>The requests of which something waits, next first; of worth until the next change.</summary>
    public ReadOnlySpan<RequestFlow> Waiting => CollectionsMarshal.AsSpan(_order);

    public RequestFlow GetOrAdd(Guid key, Func<Guid, RequestFlow> create)
    {
        if (!_flows.TryGetValue(key, out var flow))
        {
            _flows.Add(key, flow = create(key));
        }

        return flow;
    }

    /// <summary>The request as it is known here; one that was forgotten comes back with the turn it had.</summary>
    public RequestFlow GetOrRestoreFlow(RequestFlow flow) => _flows.TryAdd(flow.Key, flow) ? flow : _flows[flow.Key];

    /// <summary>The request whose turn it is.</summary>
    public RequestFlow? PeekNext() => _order.Count > 0 ? _order[0] : null;

    /// <summary>What waits of a request.</summary>
    public long CountWaitingTokens(Guid key) => _flows.TryGetValue(key, out var flow) ? flow.WaitingTokens : 0;

    /// <summary>The place that a request would get with so many more tokens: behind those that are there already and even.</summary>
    public Place PredictPlace(Guid key, long tokens, long latestStart)
    {
        EndServedRequests();
        return CreatePlace(_sharing.PredictEnd(_flows.GetValueOrDefault(key), tokens), latestStart, _entries + 1);
    }

    /// <summary>More waits of the request.</summary>
    /// <param name="flow">The request.</param>
    /// <param name="tokens">What came.</param>
    /// <param name="minRound">Round before which it must not have its turn.</param>
    public void AddTokens(RequestFlow flow, long tokens, long minRound = 0)
    {
        EndServedRequests();
        _flows.TryAdd(flow.Key, flow);
        _sharing.AddTokens(flow, tokens);
        RemoveFromOrder(flow);
        flow.Turn = Math.Max(flow.End, (double)minRound * quantum);
        flow.WaitingTokens += tokens;
        PutInOrder(flow);
    }

    /// <summary>Serves the request: its waiting tokens fall, and virtual time moves on.</summary>
    public void ServeTokens(RequestFlow flow, long tokens)
    {
        _sharing.AddServedTokens(tokens);
        SubtractWaitingTokens(flow, tokens);
    }

    /// <summary>Takes back that tokens were served; the request keeps the turn it had.</summary>
    public void ReturnTokens(RequestFlow flow, long tokens)
    {
        flow.WaitingTokens += tokens;
        if (flow.Entry == 0)
        {
            PutInOrder(flow);
        }

        _sharing.AddServedTokens(-tokens);
    }

    /// <summary>
    /// What waited left without being served. What is left of the request keeps its place, though it would end sooner:
    /// those whom it would overtake were admitted with it behind them.
    /// </summary>
    public void RemoveTokens(RequestFlow flow, long tokens)
    {
        if (tokens > 0)
        {
            EndServedRequests();
            _sharing.RemoveTokens(flow, tokens);
        }

        SubtractWaitingTokens(flow, tokens);
    }

    /// <summary>The request has nothing left. It is remembered for as long as it shares: what is added to it goes behind that.</summary>
    public void ForgetIfEnded(RequestFlow flow)
    {
        if (flow.End == 0)
        {
            _flows.Remove(flow.Key);
        }
    }

    // Not with each token that is served: what a batch former takes and gives back at once never happened.
    private void EndServedRequests()
    {
        if (_order.Count == 0)
        {
            _sharing.EndAll();
            _flows.Clear();
            return;
        }

        while (_sharing.TryAdvanceToNextEnd(out var flow))
        {
            if (flow.WaitingTokens == 0)
            {
                _flows.Remove(flow.Key);
            }
        }
    }

    private void SubtractWaitingTokens(RequestFlow flow, long tokens)
    {
        flow.WaitingTokens -= tokens;
        if (flow.WaitingTokens == 0)
        {
            RemoveFromOrder(flow);
        }
    }

    private Place CreatePlace(double turn, long latestStart, long entry) => new((long)(turn / quantum), latestStart, entry);

    private void PutInOrder(RequestFlow flow)
    {
        flow.Entry = ++_entries;
        flow.Place = CreatePlace(flow.Turn, flow.LatestStart, flow.Entry);
        _order.Insert(~FindIndex(flow.Place), flow);
    }

    private void RemoveFromOrder(RequestFlow flow)
    {
        if (flow.Entry != 0)
        {
            _order.RemoveAt(FindIndex(flow.Place));
            flow.Entry = 0;
        }
    }

    // As List.BinarySearch has it: the index, or the complement of where it would be.
    private int FindIndex(Place place)
    {
        var (low, high) = (0, _order.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _order[middle].Place.CompareTo(place);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }

    /// <summary>A place in the order: the round of the turn, then the latest start, then who came first.</summary>
    internal readonly record struct Place(long Round, long LatestStart, long Entry) : IComparable<Place>
    {
        public int CompareTo(Place other)
            => Round != other.Round ? Round.CompareTo(other.Round)
                : LatestStart != other.LatestStart ? LatestStart.CompareTo(other.LatestStart)
                : Entry.CompareTo(other.Entry);
    }
}
