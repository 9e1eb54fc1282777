using Reranker.Inference.Engines;

namespace Reranker.Inference.Batching;

/// <summary>
/// For forms without padding: pairs in the order of their turns until the next one would exceed the time budget. Neighbours
/// cost nothing there, so no pair is passed over.
/// </summary>
internal sealed class BudgetBatchFormer(ICostModel cost) : IBatchFormer
{
    private Batch? _batch;
    private BatchLimits _limits;

    public void Form(ModelQueue queue, Batch batch, BatchLimits limits)
    {
        (_batch, _limits) = (batch, limits);
        queue.TakeWhile(static (former, pair) => former.TryAdd(pair), this);
    }

    private bool TryAdd(QueuedPair pair)
    {
        var batch = _batch!;
        var fits = batch.Count == 0
            || (batch.Count < Math.Min(batch.Capacity, _limits.MaxPairs)
                && batch.Tokens + pair.Length <= _limits.MaxTokens
                && cost.PredictMicroseconds(batch.LengthsWith(pair.Length)) <= _limits.TargetMicroseconds);
        if (fits)
        {
            batch.Add(pair);
        }

        return fits;
    }
}
