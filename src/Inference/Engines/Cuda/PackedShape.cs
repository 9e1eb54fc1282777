namespace Reranker.Inference.Engines.Cuda;

/// <summary>The sizes of a packed batch.</summary>
/// <param name="Pairs">Pairs.</param>
/// <param name="Tokens">All tokens.</param>
/// <param name="Longest">Tokens of the longest pair.</param>
internal readonly record struct PackedShape(int Pairs, int Tokens, int Longest)
{
    /// <summary>Cells of the padded rectangle.</summary>
    public int Cells => checked(Pairs * Longest);

    public static PackedShape FromPairs(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
    {
        int tokens = 0, longest = 0;
        foreach (var pair in pairs)
        {
            tokens = checked(tokens + pair.Length);
            longest = Math.Max(longest, pair.Length);
        }

        return new PackedShape(pairs.Length, tokens, longest);
    }
}
