using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Workers;

/// <summary>How large batches may be on a device now. Only memory that ran out makes it smaller.</summary>
internal sealed class BatchBudget(EngineDescription engine, TimeSpan target)
{
    private int _maxTokens = engine.MaxBatchTokens;

    public int MaxTokens => Volatile.Read(ref _maxTokens);

    public BatchLimits Limits => new(engine.MaxBatchPairs, MaxTokens, target.TotalMicroseconds);

    /// <summary>Half of what did not fit is the new limit; false when the limit was that low already.</summary>
    public bool Shrink(long failedTokens)
    {
        // A single pair is always tried, so the limit need not go below the longest one.
        var limit = (int)Math.Max(engine.MaxPairTokens, failedTokens / 2);
        int seen;
        do
        {
            seen = Volatile.Read(ref _maxTokens);
            if (limit >= seen)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _maxTokens, limit, seen) != seen);

        return true;
    }
}
