using Reranker.Inference.Costs;

namespace Reranker.Inference.Batching;

/// <summary>Chooses how batches are formed for an engine.</summary>
internal static class BatchFormers
{
    private const int WindowPairs = 256;

    /// <summary>Creates the former of one lane: by like lengths where batches are rectangles, else by the budget alone.</summary>
    public static IBatchFormer CreateFormer(ICostModel cost, int maxBatchPairs) => cost is IPaddedCostModel padded
        ? new GroupedBatchFormer(padded, Math.Max(WindowPairs, maxBatchPairs))
        : new BudgetBatchFormer(cost);
}
