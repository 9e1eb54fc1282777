using Reranker.Inference.Scoring;

namespace Reranker.Inference.Batching;

/// <summary>
/// A work item from its admission to its one result. The queue's lock guards which of its pairs wait. Logits and the outcome
/// may come from any thread, and only the first outcome counts.
/// </summary>
internal sealed class QueuedItem
{
    private readonly TaskCompletionSource<WorkResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<QueuedItem, WorkResult> _completed;
    private readonly Lock _result = new();
    private readonly float[] _logits;
    private Stack<int>? _returned;
    private int _next;
    private int _unscored;
    private long _longestWait;
    private long _firstStart = long.MaxValue;
    private long _lastEnd;
    private int _batches;
    private long _lastBatch = -1;
    private bool _done;
    private CancellationTokenRegistration _cancellation;

    /// <param name="work">The pairs.</param>
    /// <param name="arrival">When it came, on the queue's clock.</param>
    /// <param name="deadline">When its result comes too late.</param>
    /// <param name="latestStart">When its longest pair must start at the latest.</param>
    /// <param name="completed">Told of the outcome, once, before the task completes.</param>
    public QueuedItem(WorkItem work, long arrival, long deadline, long latestStart, Action<QueuedItem, WorkResult> completed)
    {
        (Item, Arrival, Deadline, LatestStart, _completed) = (work, arrival, deadline, latestStart, completed);
        _logits = new float[work.Count];
        _unscored = work.Count;
        WaitingTokens = work.Offsets[^1];
        FlowKey = FlowKeys.ComposeKey(work.Tenant, work.Priority);
    }

    public WorkItem Item { get; }

    /// <summary>The key of the flow that it waits in: its tenant's work of its class.</summary>
    public string FlowKey { get; }

    public long Arrival { get; }

    public long Deadline { get; }

    public long LatestStart { get; }

    public Task<WorkResult> Task => _completion.Task;

    public bool IsDone => Volatile.Read(ref _done);

    /// <summary>Tokens of the pairs that wait. Guarded by the queue's lock.</summary>
    public long WaitingTokens { get; private set; }

    /// <summary>The flow it waits in. Guarded by the queue's lock.</summary>
    public RequestFlow? Flow { get; set; }

    /// <summary>The flow it waited in last, for what is put back. Guarded by the queue's lock.</summary>
    public RequestFlow? LastFlow { get; set; }

    /// <summary>The round before which it must not have its turn. Guarded by the queue's lock.</summary>
    public long MinRound { get; set; }

    /// <summary>The queue that admitted it; pairs that were taken from there by others go back there.</summary>
    public ModelQueue? Home { get; set; }

    public int CountPairTokens(int index) => Item.Offsets[index + 1] - Item.Offsets[index];

    public ReadOnlyMemory<int> GetPairIds(int index) => Item.Ids.AsMemory(Item.Offsets[index], CountPairTokens(index));

    /// <summary>
    /// The last moment at which what waits of it now can still end in time. After it, its longest pair alone would end too late,
    /// or all of its pairs one after another, even if the device did nothing else. Under the queue's lock.
    /// </summary>
    /// <param name="microsecondsPerToken">Least time that a token takes.</param>
    public long FindLastChance(double microsecondsPerToken)
        => Math.Min(LatestStart, Deadline - (long)(WaitingTokens * microsecondsPerToken));

    /// <summary>The pair that goes next, or -1. Under the queue's lock.</summary>
    public int PeekPair() => _returned is { Count: > 0 } ? _returned.Peek() : _next < Item.Count ? _next : -1;

    /// <summary>Takes the pair that goes next. Under the queue's lock.</summary>
    public int TakePair()
    {
        var index = _returned is { Count: > 0 } ? _returned.Pop() : _next++;
        WaitingTokens -= CountPairTokens(index);
        return index;
    }

    /// <summary>Puts a pair back that was taken and not run. Under the queue's lock.</summary>
    public void ReturnPair(int index)
    {
        (_returned ??= new Stack<int>()).Push(index);
        WaitingTokens += CountPairTokens(index);
    }

    /// <summary>Lets the caller's token end the work item.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return;
        }

        var cancellation = cancellationToken.UnsafeRegister(static w => ((QueuedItem)w!).TryComplete(WorkOutcome.Cancelled), this);
        lock (_result)
        {
            if (!_done)
            {
                _cancellation = cancellation;
                return;
            }
        }

        cancellation.Unregister();
    }

    /// <summary>Notes a run of some of its pairs; several pairs of one batch count as one batch.</summary>
    public void NoteRun(long batch, long start, long end)
    {
        lock (_result)
        {
            _batches += _lastBatch == batch ? 0 : 1;
            _lastBatch = batch;
            _longestWait = Math.Max(_longestWait, start - Arrival);
            _firstStart = Math.Min(_firstStart, start);
            _lastEnd = Math.Max(_lastEnd, end);
        }
    }

    /// <summary>Sets a pair's logit; the last one completes the work item.</summary>
    public void SetLogit(int index, float logit)
    {
        lock (_result)
        {
            _logits[index] = logit;
            if (--_unscored > 0)
            {
                return;
            }
        }

        TryComplete(WorkOutcome.Ok);
    }

    /// <summary>Ends the work item; false when it had ended before.</summary>
    public bool TryComplete(WorkOutcome outcome, string? error = null)
    {
        WorkResult result;
        CancellationTokenRegistration cancellation;
        lock (_result)
        {
            if (_done)
            {
                return false;
            }

            Volatile.Write(ref _done, true);
            cancellation = _cancellation;
            result = new WorkResult
            {
                Outcome = outcome,
                Logits = outcome == WorkOutcome.Ok ? _logits : [],
                Error = error ?? WorkResult.DescribeError(outcome),
                QueueTime = TimeSpan.FromMicroseconds(_longestWait),
                InferenceTime = TimeSpan.FromMicroseconds(Math.Max(0, _lastEnd - Math.Min(_firstStart, _lastEnd))),
                TotalTime = TimeSpan.FromMicroseconds(Math.Max(0, _lastEnd - Arrival)),
                Batches = _batches,
            };
        }

        // Not Dispose: that waits for a callback that runs, and the callback waits for the queue's lock, which we may hold.
        cancellation.Unregister();
        _completed(this, result);
        _completion.TrySetResult(result);
        return true;
    }
}
