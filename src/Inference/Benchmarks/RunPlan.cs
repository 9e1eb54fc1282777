using Reranker.Inference.Batching;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>
/// Cuts pairs into the runs that an engine takes, as the batching does under load: sorted by length and grouped by cost where
/// runs are padded, filled up to the limits where they are not.
/// </summary>
internal static class RunPlan
{
    public static IReadOnlyList<ReadOnlyMemory<int>[]> Of(IInferenceEngine engine, IReadOnlyList<ReadOnlyMemory<int>> pairs)
    {
        var d = engine.Description;
        return engine.Cost is IPaddedCostModel cost
            ? Grouped([.. pairs.OrderBy(p => p.Length)], cost, new BatchLimits(d.MaxBatchPairs, d.MaxBatchTokens, double.PositiveInfinity))
            : [.. Filled(pairs, d)];
    }

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

    private static IEnumerable<ReadOnlyMemory<int>[]> Filled(IReadOnlyList<ReadOnlyMemory<int>> pairs, EngineDescription d)
    {
        var run = new List<ReadOnlyMemory<int>>();
        var tokens = 0;
        foreach (var pair in pairs)
        {
            if (run.Count > 0 && (run.Count == d.MaxBatchPairs || tokens + pair.Length > d.MaxBatchTokens))
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
