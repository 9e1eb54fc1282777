using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Compares captured runs with plain ones, at every size, before any request meets them.</summary>
internal static class CaptureCheck
{
    private const int Seed = 5;

    // Attention of a pair goes by the square of its tokens: one of 8,192 tokens takes a large model longer than all else of its run. The
    // run that captures a size takes place three times (ONNX Runtime's own before it, its replay, and the plain one), so it has short pairs.
    private const int ShortestCaptured = 64;
    private const int LongestCaptured = 512;

    // What one pair of all tokens could show at a size and not at the sizes beside it is hard to think of: a captured run knows no lengths.
    private const int SizesPerWholePair = 4;

    /// <summary>
    /// The largest difference over two batches of every size; infinity when one is no number. The first one is captured, the second one, of
    /// other pairs and lengths, replays what was captured; at every fourth size and the largest it is one pair of all tokens but one.
    /// </summary>
    /// <exception cref="EngineException">A run failed.</exception>
    public static float FindDifference(CapturedRuns captured, IEngineLane plain, int maxTokens, CostLimits limits, int vocabulary)
    {
        var random = new Random(Seed);
        var worst = 0f;
        int[] sizes = [.. CapturedSizes.ListSizes(maxTokens)];
        foreach (var (place, size) in sizes.Index())
        {
            foreach (var longest in ChooseLongest(random, place, size, isLast: place == sizes.Length - 1))
            {
                var pairs = CreatePairs(random, size, Math.Min(limits.MaxPairTokens, longest), vocabulary);
                worst = Math.Max(worst, FindDifference(captured, plain, pairs));
            }
        }

        return worst;
    }

    /// <summary>Tokens of the longest pair of the batch that captures a size, and of the one that replays it.</summary>
    internal static int[] ChooseLongest(Random random, int place, int size, bool isLast) =>
    [
        random.Next(ShortestCaptured, LongestCaptured),
        place % SizesPerWholePair == 0 || isLast ? size - 1 : 1 + random.Next(size),
    ];

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
