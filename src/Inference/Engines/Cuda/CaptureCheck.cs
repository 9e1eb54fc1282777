using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Compares captured runs with plain ones, at every size, before any request meets them.</summary>
internal static class CaptureCheck
{
    private const int Seed = 5;

    // The first run of a size captures it, the second one replays what was captured.
    private const int Runs = 2;

    /// <summary>The largest difference over batches of every size, one pair alone and several; infinity when one is no number.</summary>
    /// <exception cref="EngineException">A run failed.</exception>
    public static float FindDifference(CapturedRuns captured, IEngineLane plain, int maxTokens, CostLimits limits, int vocabulary)
    {
        var random = new Random(Seed);
        var worst = 0f;
        foreach (var size in CapturedSizes.ListSizes(maxTokens))
        {
            for (var run = 0; run < Runs; run++)
            {
                var pairs = CreatePairs(random, size, Math.Min(limits.MaxPairTokens, run == 0 ? size - 1 : 1 + random.Next(size)), vocabulary);
                worst = Math.Max(worst, FindDifference(captured, plain, pairs));
            }
        }

        return worst;
    }

    private static float FindDifference(CapturedRuns captured, IEngineLane plain, ReadOnlyMemory<int>[] pairs)
    {
        var one = new float[pairs.Length];
        var other = new float[pairs.Length];
        if (!captured.TryRun(pairs, one))
        {
            throw new EngineException(EngineFault.Batch, "another GPU of this process was busy for too long");
        }

        plain.Run(pairs, other);
        var worst = 0f;
        for (var i = 0; i < one.Length; i++)
        {
            var difference = MathF.Abs(one[i] - other[i]);
            worst = Math.Max(worst, float.IsNaN(difference) ? float.PositiveInfinity : difference);
        }

        return worst;
    }

    /// <summary>
    /// As many tokens as the size takes, in pairs of at most the given length; fewer where there would be more pairs than a captured
    /// run of that many tokens has.
    /// </summary>
    internal static ReadOnlyMemory<int>[] CreatePairs(Random random, int batchTokens, int longest, int vocabulary)
    {
        var pairs = new List<ReadOnlyMemory<int>>();
        for (var tokens = 0; tokens < batchTokens;)
        {
            var length = Math.Min(batchTokens - tokens, longest);
            tokens += length;
            if (pairs.Count == CapturedSizes.CountPairs(CapturedSizes.RoundUp(tokens)))
            {
                break;
            }

            var ids = new int[length];
            foreach (ref var id in ids.AsSpan())
            {
                id = random.Next(vocabulary);
            }

            pairs.Add(ids);
        }

        return [.. pairs];
    }
}
