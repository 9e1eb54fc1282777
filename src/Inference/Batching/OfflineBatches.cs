using Reranker.Inference.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Batching;

/// <summary>
/// Cuts pairs that are all there from the beginning into batches, as the queue does under load: sorted by length and grouped
/// by cost where batches are padded, filled up to the limits where they are not.
/// </summary>
public static class OfflineBatches
{
    /// <summary>Batches as large as the engine takes.</summary>
    public static IReadOnlyList<ReadOnlyMemory<int>[]> Split(IInferenceEngine engine, IReadOnlyList<ReadOnlyMemory<int>> pairs)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return Split(engine, pairs, engine.Description.MaxBatchTokens);
    }

    /// <summary>Batches of at most so many tokens, padding counted where the form pads; a pair that is longer has a batch of its own.</summary>
    public static IReadOnlyList<ReadOnlyMemory<int>[]> Split(IInferenceEngine engine, IReadOnlyList<ReadOnlyMemory<int>> pairs, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.Count == 0)
        {
            return [];
        }

        var limits = new BatchLimits(engine.Description.MaxBatchPairs, Math.Max(maxTokens, pairs.Max(p => p.Length)), double.PositiveInfinity);
        return engine.Cost is IPaddedCostModel cost
            ? GroupByLength([.. pairs.OrderBy(p => p.Length)], cost, limits)
            : [.. FillBatches(pairs, limits)];
    }

    private static List<ReadOnlyMemory<int>[]> GroupByLength(ReadOnlyMemory<int>[] sorted, IPaddedCostModel cost, BatchLimits limits)
    {
        var grouping = new LengthGrouping();
        int[] lengths = [.. sorted.Select(p => p.Length)];
        grouping.FindFastestGroups(lengths, cost, limits);
        var batches = new List<ReadOnlyMemory<int>[]>();
        for (var next = 0; next < sorted.Length;)
        {
            var group = grouping.FindGroup(next, sorted.Length);
            batches.Add(sorted[group]);
            next = group.End.Value;
        }

        return batches;
    }

    private static IEnumerable<ReadOnlyMemory<int>[]> FillBatches(IReadOnlyList<ReadOnlyMemory<int>> pairs, BatchLimits limits)
    {
        var batch = new List<ReadOnlyMemory<int>>();
        var tokens = 0;
        foreach (var pair in pairs)
        {
            if (batch.Count > 0 && (batch.Count == limits.MaxPairs || tokens + pair.Length > limits.MaxTokens))
            {
                yield return [.. batch];
                batch.Clear();
                tokens = 0;
            }

            batch.Add(pair);
            tokens += pair.Length;
        }

        yield return [.. batch];
    }
}
