using Reranker.Inference.Scoring;

namespace Reranker.Inference.Batching;

/// <summary>
/// The unfinished work items of one model on one device: whose pairs wait, in which order, and until when. Thread-safe;
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
    private readonly UnfinishedItems _unfinished = new();
    private double _minMicrosecondsPerToken;
    private long _waitingTokens;
    private int _works;

    public MonotonicClock Clock => clock;

    /// <summary>Tokens of all pairs that wait.</summary>
    public long WaitingTokens => Volatile.Read(ref _waitingTokens);

    /// <summary>Work items that have no outcome yet, running ones included.</summary>
    public int UnfinishedItems => Volatile.Read(ref _works);

    /// <summary>Queues the work item; false when it would be late or there is no room for it.</summary>
    public bool TryAdd(QueuedItem work, DeviceForecast device)
    {
        lock (_lock)
        {
            _minMicrosecondsPerToken = Certainty * device.PredictMicroseconds(1) / (1 + device.Helpers);
            var fits = CanAdmit(work, device);
            _rates.AddTokens(work.FlowKey, work.WaitingTokens, work.Arrival);
            if (!fits)
            {
                return false;
            }

            if (Math.Max(work.Item.RequestTokens, work.WaitingTokens) <= limits.Quantum)
            {
                _smallRates.AddTokens(work.FlowKey, work.WaitingTokens, work.Arrival);
            }

            work.Home = this;
            _waiting.AddItem(work);

            // After the item was added: a tenant of which nothing waits is forgotten, and with it the order that the item has a place in.
            foreach (var late in _waiting.TakeItemsMadeLate())
            {
                late.TryComplete(WorkOutcome.Busy);
            }

            _unfinished.AddItem(work, work.FindLastChance(_minMicrosecondsPerToken));
            PublishCounts();
            return true;
        }
    }

    /// <summary>Where the unfinished pairs of a request are: those that wait count before those that run.</summary>
    public RequestStage FindStage(Guid requestId)
    {
        lock (_lock)
        {
            return _unfinished.FindStage(requestId);
        }
    }

    /// <summary>
    /// Offers pairs in the order of their turns for as long as the taker takes them. Work items that have ended are not offered.
    /// Those that can no longer finish are ended here, as early as that is certain, so that nothing of them is scored in vain.
    /// </summary>
    public void TakeWhile<TTaker>(Func<TTaker, QueuedPair, bool> taker, TTaker state)
    {
        // Read once and outside the lock: reading a clock may run timers, and ours end work items. Between a pair's turn and its
        // taking nothing may change.
        var now = clock.Now;
        lock (_lock)
        {
            try
            {
                EndItemsPastLastChance(now);
                while (_waiting.TryPeekPair(out var pair))
                {
                    if (pair.Owner.FindLastChance(_minMicrosecondsPerToken) < now)
                    {
                        // This also ends what was put back after its time, of which the deadline's entry is gone.
                        ExpireAndCancelSiblings(pair.Owner);
                        continue;
                    }

                    if (!taker(state, pair))
                    {
                        break;
                    }

                    _waiting.TakePair(pair);
                }
            }
            finally
            {
                PublishCounts();
            }
        }
    }

    /// <summary>Puts pairs back that were taken and not run.</summary>
    public void ReturnPairs(ReadOnlySpan<QueuedPair> pairs)
    {
        lock (_lock)
        {
            foreach (var pair in pairs)
            {
                _waiting.ReturnPair(pair);
            }

            PublishCounts();
        }
    }

    /// <summary>Puts pairs back into the queues they came from.</summary>
    public static void ReturnToOwnQueues(ReadOnlySpan<QueuedPair> pairs)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i].Owner.Home!.ReturnPairs(pairs.Slice(i, 1));
        }
    }

    /// <summary>Takes out a work item that has its outcome: nothing of it waits any more.</summary>
    public void ForgetItem(QueuedItem work)
    {
        lock (_lock)
        {
            _waiting.RemoveItem(work);
            _unfinished.RemoveItem(work);
            PublishCounts();
        }
    }

    /// <summary>Ends work items that can no longer finish; called where no batch is formed for a while.</summary>
    public void EndExpiredItems()
    {
        var now = clock.Now;
        lock (_lock)
        {
            EndItemsPastLastChance(now);
            PublishCounts();
        }
    }

    /// <summary>Ends every work item, running ones included.</summary>
    public void EndAll(WorkOutcome outcome)
    {
        QueuedItem[] works;
        lock (_lock)
        {
            works = _unfinished.ListAll();
        }

        foreach (var work in works)
        {
            work.TryComplete(outcome);
        }
    }

    private bool CanAdmit(QueuedItem work, DeviceForecast device)
    {
        var tokens = work.WaitingTokens;
        if (!limits.HasRoom(_waiting.WaitingTokens, _waiting.CountWaitingTokens(work.FlowKey), tokens))
        {
            return false;
        }

        var left = work.Deadline - work.Arrival - device.InFlightMicroseconds
            - Math.Max(device.PredictMicroseconds(tokens), device.LongestPairMicroseconds);
        var allowed = Math.Min(left, limits.MaxMicroseconds);

        if (allowed < 0)
        {
            return false;
        }

        // Where all that waits and all that arrives until then can be served, order does not matter, and nothing is looked up.
        return _waiting.WaitingTokens + (_rates.FindTotalRate(work.Arrival) * allowed) <= device.PredictTokens(allowed)
            || _waiting.CanAdmit(work, allowed, device, _rates, _smallRates);
    }

    private void EndItemsPastLastChance(long now)
    {
        while (_unfinished.TryTakePastLastChance(now, out var work))
        {
            // One whose pairs all run already is left to finish.
            if (work.IsDone || work.WaitingTokens == 0)
            {
                continue;
            }

            // Some of it was scored since, and the rest still fits.
            var chance = work.FindLastChance(_minMicrosecondsPerToken);
            if (chance >= now)
            {
                _unfinished.AddLastChance(work, chance);
            }
            else
            {
                ExpireAndCancelSiblings(work);
            }
        }
    }

    private void ExpireAndCancelSiblings(QueuedItem work)
    {
        var siblings = _unfinished.ListItemsOfRequest(work.Item.RequestId);
        work.TryComplete(WorkOutcome.Expired);
        foreach (var sibling in siblings)
        {
            sibling.TryComplete(WorkOutcome.Cancelled);
        }
    }

    // For those who read without the lock.
    private void PublishCounts()
    {
        Volatile.Write(ref _waitingTokens, _waiting.WaitingTokens);
        Volatile.Write(ref _works, _unfinished.Count);
    }
}
