namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// The sizes at which runs are captured as CUDA graphs. A captured run has the shape it was captured with, so a small batch
/// is run as one of the next size: tokens behind its last pair belong to no pair, and the pairs that are missing come first
/// and are empty.
/// </summary>
internal static class CapturedSizes
{
    private const int MinPairs = 32;

    // Passages of fewer tokens are rare: what comes with more pairs than this runs uncaptured.
    private const int TokensOfPair = 64;

    private const int FineStep = 64;
    private const int FineMax = 512;
    private const int MiddleStep = 128;
    private const int MiddleMax = 2048;
    private const int CoarseStep = 256;

    /// <summary>Tokens of the smallest captured run.</summary>
    public const int Smallest = FineStep;

    /// <summary>Pairs of a captured run of that size, the missing ones included.</summary>
    public static int CountPairs(int size) => Math.Max(MinPairs, size / TokensOfPair);

    /// <summary>All sizes up to the most, in tokens.</summary>
    public static IEnumerable<int> ListSizes(int maxTokens)
    {
        for (var size = Smallest; size <= maxTokens; size = RoundUp(size + 1))
        {
            yield return size;
        }
    }

    /// <summary>The size that takes that many tokens.</summary>
    public static int RoundUp(int tokens)
    {
        var step = FindStep(tokens);
        return (tokens + step - 1) / step * step;
    }

    /// <summary>The largest size of at most so many tokens; 0 when there is none.</summary>
    public static int RoundDown(int maxTokens)
    {
        var step = FindStep(maxTokens);
        return maxTokens / step * step;
    }

    /// <summary>
    /// Boundaries of the pairs of a captured run: as many empty pairs at the front as are missing. Their first token is the
    /// batch's first one, which exists; behind the last token there may be none.
    /// </summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="slots">Pairs of the captured run.</param>
    /// <param name="starts">Where the boundaries go, one more than there are slots.</param>
    public static void WriteSequenceStarts(ReadOnlySpan<ReadOnlyMemory<int>> pairs, int slots, Span<int> starts)
    {
        var missing = slots - pairs.Length;
        starts[..missing].Clear();
        PackedInputs.WriteSequenceStarts(pairs, starts[missing..]);
    }

    private static int FindStep(int tokens) => tokens switch
    {
        <= FineMax => FineStep,
        <= MiddleMax => MiddleStep,
        _ => CoarseStep,
    };
}
