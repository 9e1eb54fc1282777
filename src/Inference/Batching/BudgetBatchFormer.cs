using Reranker.Inference.Costs;

namespace Reranker.Inference.Batching;

/// <summary>
/// For forms without padding: pairs in the order of their turns until the next one would exceed the time budget. Neighbours
/// cost nothing there, so no pair is passed over.
/// </summary>
internal sealed class BudgetBatchFormer(ICostModel cost) : IBatchFormer
{
    private Batch? _batch;
    private BatchLimits _limits;
    private double _maxMicroseconds;

    public bool GivesBack => false;

    public void FormBatch(ModelQueue queue, Batch batch, BatchLimits limits)
    {
        (_batch, _limits) = (batch, limits);
        queue.TakeWhile(static (former, pair) => former.TryAddPair(pair), this);
    }

    private bool TryAddPair(QueuedPair pair)
    {
        var batch = _batch!;
        if (batch.Count > 0 && (batch.Count >= Math.Min(batch.Capacity, _limits.MaxPairs) || batch.Tokens + pair.Length > _limits.MaxTokens))
        {
            return false;
        }

        var predicted = cost.PredictMicroseconds(batch.GetLengthsWithOneMore(pair.Length));
        if (batch.Count == 0)
        {
            // Where the target is less than what a run costs whatever is in it, one pair a run would be the slowest way of
            // all: twice the time of the first pair shares that cost.
            _maxMicroseconds = Math.Max(_limits.TargetMicroseconds, 2 * predicted);
        }

        var fits = predicted <= _maxMicroseconds;
        if (fits)
        {
            batch.AddPair(pair);
        }

        return fits;
    }
}
