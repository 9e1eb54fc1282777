namespace Reranker.Inference.Models;

/// <summary>
/// Which row of the position table a token reads, for whoever writes positions himself: its place counted from the first row, and
/// behind the token that ends the first of two segments the same row of the table's second half.
/// </summary>
/// <param name="First">Row of the first token.</param>
/// <param name="SecondSegmentAfter">Id of the token that ends the first segment; null where there is one segment.</param>
/// <param name="Positions">Rows of a half.</param>
public readonly record struct PositionRows(int First, int? SecondSegmentAfter, int Positions)
{
    /// <summary>XLM-RoBERTa's.</summary>
    public static PositionRows Usual { get; } = new(ModelShape.UsualFirstPosition, null, 0);

    /// <summary>Those of a model.</summary>
    public static PositionRows FromShape(ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new(shape.FirstPosition ?? ModelShape.UsualFirstPosition, shape.SecondSegmentAfter, shape.Positions);
    }

    /// <summary>Tokens of a pair that are of the first segment.</summary>
    public int CountFirstSegment(ReadOnlySpan<int> pair)
        => SecondSegmentAfter is { } end && pair.IndexOf(end) is var at and >= 0 ? at + 1 : pair.Length;
}
