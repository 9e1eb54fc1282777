using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>
/// How attention is cut into tiles. A tile is some rows of one pair; how many there are is known on the device alone, so as many
/// blocks are launched as there can be at most, and those behind the last tile end at once.
/// </summary>
internal static class AttentionShape
{
    /// <summary>Threads of the block that lists the tiles.</summary>
    public const int ListThreads = 256;

    /// <summary>A window that no pair is longer than, and that sums of places with it stay inside 32 bits.</summary>
    public const int WholePair = 1 << 20;

    private const int ListHeaderBytes = 16;
    private const int TileBytes = 16;

    /// <summary>Head sizes that have a kernel.</summary>
    public static IReadOnlyList<int> HeadSizes => GraphOperators.AttentionHeadSizes;

    /// <summary>
    /// Most tiles of so many rows that so many tokens make in so many pairs: each pair can have one that is not full, and no pair has more
    /// full ones than its share of the tokens.
    /// </summary>
    public static int CountMaxTiles(int tokens, int pairs, int rows) => (tokens / rows) + pairs;

    /// <summary>Bytes of a list of that many tiles.</summary>
    public static long CountListBytes(int tiles) => ListHeaderBytes + ((long)tiles * TileBytes);

    /// <summary>How far a token sees, as the kernel reads it.</summary>
    /// <param name="window">As the operator's attribute says it.</param>
    public static int FindWindow(long window) => window is < 0 or > WholePair ? WholePair : (int)window;

    /// <summary>By what a score is multiplied so that a power of two of it is the softmax's.</summary>
    public static float FindExponent(int headSize) => (float)(1 / (Math.Log(2) * Math.Sqrt(headSize)));
}
