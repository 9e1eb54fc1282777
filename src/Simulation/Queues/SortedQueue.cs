using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Scoring;

namespace Reranker.Simulation.Queues;

/// <summary>
/// The usual orders, for comparison: works one after another by arrival or by deadline. Everything is admitted, and a work
/// leaves when its turn comes too late. Batches are cut to the same budget as ours.
/// </summary>
internal sealed class SortedQueue(bool byDeadline, MonotonicClock clock, ICostModel cost, BatchLimits limits) : IWorkQueue
{
    private readonly PriorityQueue<QueuedItem, (long Key, long Order)> _works = new();
    private long _order;

    /// <inheritdoc/>
    public long WaitingTokens { get; private set; }

    /// <inheritdoc/>
    public bool TryAdd(QueuedItem work, DeviceForecast device)
    {
        _works.Enqueue(work, (byDeadline ? work.Deadline : work.Arrival, _order++));
        WaitingTokens += work.WaitingTokens;
        return true;
    }

    /// <inheritdoc/>
    public void FormBatch(Batch batch)
    {
        while (_works.TryPeek(out var work, out _))
        {
            if (!work.IsDone && work.LatestStart < clock.Now)
            {
                work.TryComplete(WorkOutcome.Expired, error: null);
            }

            var index = work.IsDone ? -1 : work.PeekPair();
            if (index < 0)
            {
                _works.Dequeue();
                continue;
            }

            var pair = new QueuedPair(work, index);
            if (!Fits(batch, pair.Length))
            {
                return;
            }

            work.TakePair();
            WaitingTokens -= pair.Length;
            batch.AddPair(pair);
        }
    }

    /// <inheritdoc/>
    public void ForgetItem(QueuedItem work) => WaitingTokens -= work.WaitingTokens;

    /// <inheritdoc/>
    public void EndExpired()
    {
        // Only when their turn comes, as such queues do.
    }

    private bool Fits(Batch batch, int length)
        => batch.Count == 0
            || (batch.Count < Math.Min(batch.Capacity, limits.MaxPairs)
                && batch.Tokens + length <= limits.MaxTokens
                && cost.PredictMicroseconds(batch.GetLengthsWithOneMore(length)) <= limits.TargetMicroseconds);
}
