using Reranker.Inference.Scoring;


namespace Reranker.Inference.Batching;

/// <summary>
/// The works of one model on one device that are not finished: whose pairs wait, in which order, and until when. Thread-safe;
/// the lock is held for a few look-ups a pair.
/// </summary>
internal sealed class ModelQueue(QueueLimits limits, MonotonicClock clock)
{
    // Nine of ten predicted times err by less than a tenth: what is late by more than that is late.
    private const double Certainty = 0.9;

    private readonly Lock _lock = new();
    private readonly ArrivalRates _rates = new();
    private readonly ArrivalRates _smallRates = new();
    private readonly FairQueue _waiting = new(limits.Quantum);
    private readonly Dictionary<Guid, List<QueuedWork>> _live = [];
    private readonly PriorityQueue<QueuedWork, long> _deadlines = new();
    private double _leastMicrosecondsPerToken;
    private long _waitingTokens;
    private int _works;

    public MonotonicClock Clock => clock;

    /// <summary>Tokens of all pairs that wait.</summary>
    public long WaitingTokens => Volatile.Read(ref _waitingTokens);

    /// <summary>Works that have no outcome yet, running ones included.</summary>
    public int Works => Volatile.Read(ref _works);

    /// <summary>Queues the work, or says that it would be late or too much.</summary>
    public bool TryAdd(QueuedWork work, Admission device)
    {
        lock (_lock)
        {
            _leastMicrosecondsPerToken = Certainty * device.Microseconds(1) / (1 + device.Helpers);
            var fits = Fits(work, device);
            _rates.Note(work.Work.Tenant, work.WaitingTokens, work.Arrival);
            if (!fits)
            {
                return false;
            }

            if (Math.Max(work.Work.RequestTokens, work.WaitingTokens) <= limits.Quantum)
            {
                _smallRates.Note(work.Work.Tenant, work.WaitingTokens, work.Arrival);
            }

            work.Home = this;
            _waiting.Add(work);

            // Not before: a tenant of which nothing waits is forgotten, and its order, in which the new one has its place, with it.
            foreach (var late in _waiting.TakeBroken())
            {
                late.TryComplete(WorkOutcome.Busy, error: null);
            }

            if (!_live.TryGetValue(work.Work.RequestId, out var works))
            {
                _live.Add(work.Work.RequestId, works = new List<QueuedWork>(1));
            }

            works.Add(work);
            _deadlines.Enqueue(work, work.FindLastChance(_leastMicrosecondsPerToken));
            Volatile.Write(ref _works, _works + 1);
            Publish();
            return true;
        }
    }

    /// <summary>Where the unfinished pairs of a request are: those that wait count before those that run.</summary>
    public WorkPlace PlaceOf(Guid requestId)
    {
        lock (_lock)
        {
            return !_live.TryGetValue(requestId, out var works) ? WorkPlace.Nowhere
                : works.Exists(w => w.WaitingTokens > 0) ? WorkPlace.Queue
                : WorkPlace.Device;
        }
    }

    /// <summary>
    /// Offers pairs in the order of their turns for as long as the taker takes them. Works that ended leave without being
    /// offered; works that can no longer finish end here, as early as that is certain: nothing of them is scored in vain.
    /// </summary>
    public void TakeWhile<TTaker>(Func<TTaker, QueuedPair, bool> taker, TTaker state)
    {
        // Read once and outside: a clock may run timers where it is read, and ours end works. Between a pair's turn and
        // its taking nothing may change.
        var now = clock.Now;
        lock (_lock)
        {
            try
            {
                EndExpired(now);
                while (_waiting.TryPeek(out var pair))
                {
                    if (pair.Work.FindLastChance(_leastMicrosecondsPerToken) < now)
                    {
                        // Also what was put back after its time: its deadline's entry is gone.
                        Expire(pair.Work);
                        continue;
                    }

                    if (!taker(state, pair))
                    {
                        break;
                    }

                    _waiting.Take(pair);
                }
            }
            finally
            {
                Publish();
            }
        }
    }

    /// <summary>Puts pairs back that were taken and not run.</summary>
    public void Return(ReadOnlySpan<QueuedPair> pairs)
    {
        lock (_lock)
        {
            foreach (var pair in pairs)
            {
                _waiting.Return(pair);
            }

            Publish();
        }
    }

    /// <summary>Puts pairs back into the queues they came from.</summary>
    public static void ReturnHome(ReadOnlySpan<QueuedPair> pairs)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i].Work.Home!.Return(pairs.Slice(i, 1));
        }
    }

    /// <summary>A work has its outcome: nothing of it waits any more.</summary>
    public void Forget(QueuedWork work)
    {
        lock (_lock)
        {
            _waiting.Remove(work);
            if (_live.TryGetValue(work.Work.RequestId, out var works) && works.Remove(work))
            {
                Volatile.Write(ref _works, _works - 1);
                if (works.Count == 0)
                {
                    _live.Remove(work.Work.RequestId);
                }
            }

            // Deadlines are minutes away and works are done in milliseconds: without this the done ones would pile up.
            if (_deadlines.Count > 64 + (2 * _works))
            {
                var live = _deadlines.UnorderedItems.Where(e => !e.Element.IsDone).ToArray();
                _deadlines.Clear();
                _deadlines.EnqueueRange(live);
            }

            Publish();
        }
    }

    /// <summary>Ends works that can no longer finish. For when no batch is formed for a while.</summary>
    public void EndExpiredWorks()
    {
        var now = clock.Now;
        lock (_lock)
        {
            EndExpired(now);
            Publish();
        }
    }

    /// <summary>Ends every work, running ones included.</summary>
    public void EndAll(WorkOutcome outcome, string? error)
    {
        QueuedWork[] works;
        lock (_lock)
        {
            works = [.. _live.Values.SelectMany(w => w)];
        }

        foreach (var work in works)
        {
            work.TryComplete(outcome, error);
        }
    }

    private bool Fits(QueuedWork work, Admission device)
    {
        var tokens = work.WaitingTokens;
        if (!limits.HasRoom(_waiting.WaitingTokens, _waiting.WaitingTokensOf(work.Work.Tenant), tokens))
        {
            return false;
        }

        var left = work.Deadline - work.Arrival - device.InFlightMicroseconds
            - Math.Max(device.Microseconds(tokens), device.LongestPairMicroseconds);
        var allowed = Math.Min(left, limits.MaxMicroseconds);

        if (allowed < 0)
        {
            return false;
        }

        // Where all that waits and all that arrives until then can be served, order does not matter, and nothing is looked up.
        return _waiting.WaitingTokens + (_rates.OfAll(work.Arrival) * allowed) <= device.Tokens(allowed)
            || _waiting.Fits(work, allowed, device, _rates, _smallRates);
    }

    private void EndExpired(long now)
    {
        while (_deadlines.TryPeek(out var work, out var due) && due < now)
        {
            _deadlines.Dequeue();

            // One whose pairs all run already is left to finish.
            if (work.IsDone || work.WaitingTokens == 0)
            {
                continue;
            }

            // Some of it was scored since, and the rest still fits.
            var chance = work.FindLastChance(_leastMicrosecondsPerToken);
            if (chance >= now)
            {
                _deadlines.Enqueue(work, chance);
            }
            else
            {
                Expire(work);
            }
        }
    }

    private void Expire(QueuedWork work)
    {
        var siblings = _live.TryGetValue(work.Work.RequestId, out var works) ? works.ToArray() : [];
        work.TryComplete(WorkOutcome.Expired, error: null);
        foreach (var sibling in siblings)
        {
            sibling.TryComplete(WorkOutcome.Cancelled, error: null);
        }
    }

    private void Publish() => Volatile.Write(ref _waitingTokens, _waiting.WaitingTokens);
}
