using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>
/// Cuts pairs into the runs that an engine takes, as the batching does under load: sorted by length and grouped by cost where
/// runs are padded, filled up to the limits where they are not.
/// </summary>
internal static class RunPlan
{
    /// <summary>Runs as large as the engine takes.</summary>
    public static IReadOnlyList<ReadOnlyMemory<int>[]> Of(IInferenceEngine engine, IReadOnlyList<ReadOnlyMemory<int>> pairs)
        => Of(engine, pairs, new BatchLimits(engine.Description.MaxBatchPairs, engine.Description.MaxBatchTokens, double.PositiveInfinity));

    /// <summary>Runs within limits, of which the longest pair must keep to the number of tokens.</summary>
    public static IReadOnlyList<ReadOnlyMemory<int>[]> Of(IInferenceEngine engine, IReadOnlyList<ReadOnlyMemory<int>> pairs, BatchLimits limits)
        => engine.Cost is IPaddedCostModel cost
            ? Grouped([.. pairs.OrderBy(p => p.Length)], cost, limits)
            : [.. Filled(pairs, limits)];

    private static List<ReadOnlyMemory<int>[]> Grouped(ReadOnlyMemory<int>[] sorted, IPaddedCostModel cost, BatchLimits limits)
    {
        var grouping = new LengthGrouping();
        int[] lengths = [.. sorted.Select(p => p.Length)];
        grouping.Solve(lengths, cost, limits);
        var runs = new List<ReadOnlyMemory<int>[]>();
        for (var next = 0; next < sorted.Length;)
        {
            var group = grouping.GroupOf(next, sorted.Length);
            runs.Add(sorted[group]);
            next = group.End.Value;
        }

        return runs;
    }

    private static IEnumerable<ReadOnlyMemory<int>[]> Filled(IReadOnlyList<ReadOnlyMemory<int>> pairs, BatchLimits limits)
    {
        var run = new List<ReadOnlyMemory<int>>();
        var tokens = 0;
        foreach (var pair in pairs)
        {
            if (run.Count > 0 && (run.Count == limits.MaxPairs || tokens + pair.Length > limits.MaxTokens))
            {
                yield return [.. run];
                run.Clear();
                tokens = 0;
            }

            run.Add(pair);
            tokens += pair.Length;
        }

        yield return [.. run];
    }
}
