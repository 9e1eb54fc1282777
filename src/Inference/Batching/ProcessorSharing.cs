using System.Diagnostics.CodeAnalysis;

namespace Reranker.Inference.Batching;

/// <summary>
/// What would become of the requests of one tenant if all were served at once, each with an equal part. Virtual time moves
/// on by what is served, divided by the requests that share; a request has ended when virtual time has come to its end,
/// which does not move whoever comes later.
/// </summary>
/// <remarks>
/// Who shares here need not wait in reality and the other way round, but both have the same tokens left in sum: each token
/// that is added, served or leaves counts on both sides. Where nothing waits any more, nobody shares.
/// O(log requests) an operation, amortized; serving is an addition, and is shared out at the next look. Not thread-safe.
/// </remarks>
internal sealed class ProcessorSharing
{
    // Entries that no longer have their request's end are dropped at the head, or when they are most of all.
    private PriorityQueue<RequestFlow, double> _ends = new();
    private PriorityQueue<RequestFlow, double> _spare = new();
    private int _sharing;

    // Virtual time. It never goes back to 0: who comes back after all was served still has its turn in it. Ten years of a
    // million tokens a second leave it exact to a sixteenth of a token.
    private double _now;

    // Served and not shared out yet; below 0, what was shared out and then taken back.
    private double _due;

    /// <summary>When a request would end with so many more tokens.</summary>
    public double PredictEnd(RequestFlow? flow, long tokens) => Math.Max(flow?.End ?? 0, _now) + tokens;

    /// <summary>The request has more to share for.</summary>
    public void AddTokens(RequestFlow flow, long tokens)
    {
        _sharing += flow.End > 0 ? 0 : 1;
        MoveEnd(flow, PredictEnd(flow, tokens));
    }

    /// <summary>
    /// Tokens were served, whoever's they were; fewer than 0 take that back. Before the next look that leaves no trace; after
    /// it, virtual time stands still until as much was served again. So it is ahead by a batch at most, and never for long.
    /// </summary>
    public void AddServedTokens(long tokens) => _due += tokens;

    /// <summary>
    /// Tokens of a request left and were not served. They leave here too, or others would share with them for ever. Of what
    /// this request got here already, others had the use in reality: that much is shared out again.
    /// </summary>
    public void RemoveTokens(RequestFlow flow, long tokens)
    {
        var left = Math.Min(tokens, Math.Max(0, flow.End - _now));
        _due += tokens - left;
        if (left > 0)
        {
            MoveEnd(flow, flow.End - left);
        }
    }

    /// <summary>Moves virtual time on by what was served, up to the next end. Call until it is false.</summary>
    public bool TryAdvanceToNextEnd([NotNullWhen(true)] out RequestFlow? ended)
    {
        while (_due > 0 && _ends.TryPeek(out ended, out var end))
        {
            if (ended.End != end)
            {
                _ends.Dequeue();
                continue;
            }

            var due = (end - _now) * _sharing;
            if (due > _due)
            {
                // What is lost in rounding stays due, so that it does not add up.
                var before = _now;
                _now += _due / _sharing;
                _due -= (_now - before) * _sharing;
                break;
            }

            _ends.Dequeue();
            _due -= due;
            _now = end;
            EndSharing(ended);
            return true;
        }

        ended = null;
        return false;
    }

    /// <summary>Nothing waits any more: everybody has ended.</summary>
    public void EndAll()
    {
        foreach (var (flow, _) in _ends.UnorderedItems)
        {
            if (flow.End > 0)
            {
                _now = Math.Max(_now, flow.End);
                EndSharing(flow);
            }
        }

        _ends.Clear();
        _due = 0;
    }

    private void EndSharing(RequestFlow flow)
    {
        flow.End = 0;
        _sharing--;
    }

    private void MoveEnd(RequestFlow flow, double end)
    {
        if (end <= _now)
        {
            EndSharing(flow);
            return;
        }

        flow.End = end;
        _ends.Enqueue(flow, end);
        if (_ends.Count > 64 + (2 * _sharing))
        {
            DropOldEntries();
        }
    }

    private void DropOldEntries()
    {
        foreach (var (flow, end) in _ends.UnorderedItems)
        {
            if (flow.End == end)
            {
                _spare.Enqueue(flow, end);
            }
        }

        _ends.Clear();
        (_ends, _spare) = (_spare, _ends);
    }
}
