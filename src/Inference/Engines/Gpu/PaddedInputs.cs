namespace Reranker.Inference.Engines.Gpu;

/// <summary>Writes the inputs of the padded form.</summary>
internal static class PaddedInputs
{
    private const int PaddingId = 1;

    /// <summary>Writes rows of <paramref name="width"/> tokens: a pair's ids, then padding; mask 1 for ids and 0 for padding.</summary>
    public static void WriteRows(ReadOnlySpan<ReadOnlyMemory<int>> pairs, int width, Span<long> ids, Span<long> mask)
    {
        for (var row = 0; row < pairs.Length; row++)
        {
            var pair = pairs[row].Span;
            var rowIds = ids.Slice(row * width, width);
            var rowMask = mask.Slice(row * width, width);
            for (var i = 0; i < pair.Length; i++)
            {
                rowIds[i] = pair[i];
            }

            rowIds[pair.Length..].Fill(PaddingId);
            rowMask[..pair.Length].Fill(1);
            rowMask[pair.Length..].Clear();
        }
    }
}
