using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Writes the inputs of the packed form. Positions, offsets and boundaries are runs of consecutive numbers, so they are
/// copied from one ascending table instead of counted.
/// </summary>
/// <param name="rows">Which rows of the position table tokens read; null for XLM-RoBERTa's.</param>
internal sealed class PackedInputs(PositionRows? rows = null)
{
    private readonly PositionRows _rows = rows ?? PositionRows.Usual;
    private int[] _ascending = [];

    /// <summary>Token ids of all pairs, one after another.</summary>
    public static void WriteIds(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<int> ids)
    {
        foreach (var pair in pairs)
        {
            pair.Span.CopyTo(ids);
            ids = ids[pair.Length..];
        }
    }

    /// <summary>Positions: each pair's count from the first row, those of a second segment in the second half of the table.</summary>
    public void WritePositions(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<int> positions)
    {
        foreach (var pair in pairs)
        {
            var first = _rows.CountFirstSegment(pair.Span);
            TakeAscending(_rows.First, first).CopyTo(positions);
            TakeAscending(_rows.First + _rows.Positions + first, pair.Length - first).CopyTo(positions[first..]);
            positions = positions[pair.Length..];
        }
    }

    /// <summary>
    /// The place of each token in the padded rectangle [pairs, longest], row by row: real tokens in order, then the places of
    /// padding.
    /// </summary>
    public void WriteTokenOffsets(ReadOnlySpan<ReadOnlyMemory<int>> pairs, int longest, Span<int> offsets)
    {
        var real = 0;
        foreach (var pair in pairs)
        {
            real += pair.Length;
        }

        var padding = offsets[real..];
        for (var row = 0; row < pairs.Length; row++)
        {
            var length = pairs[row].Length;
            TakeAscending(row * longest, length).CopyTo(offsets);
            TakeAscending((row * longest) + length, longest - length).CopyTo(padding);
            offsets = offsets[length..];
            padding = padding[(longest - length)..];
        }
    }

    /// <summary>Where each pair starts among the packed tokens, and where the last one ends: one more than there are pairs.</summary>
    public static void WriteSequenceStarts(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<int> starts)
    {
        var end = 0;
        starts[0] = 0;
        for (var i = 0; i < pairs.Length; i++)
        {
            end += pairs[i].Length;
            starts[i + 1] = end;
        }
    }

    private ReadOnlySpan<int> TakeAscending(int first, int count)
    {
        if (_ascending.Length < first + count)
        {
            _ascending = [.. Enumerable.Range(0, Math.Max(first + count, 2 * _ascending.Length))];
        }

        return _ascending.AsSpan(first, count);
    }
}
