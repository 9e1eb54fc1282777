namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>What the operands of products must be like.</summary>
internal static class ProductShapes
{
    // FP8 kernels take rows in pieces of 16 bytes.
    private const int Piece = 16;

    /// <exception cref="InvalidOperationException">There is not one number a column.</exception>
    public static void CheckBias(string operation, ReadOnlySpan<long> bias, long outer)
    {
        if (bias is not [var count] || count != outer)
        {
            throw new InvalidOperationException($"{operation} takes a bias for each of {outer} columns.");
        }
    }

    /// <exception cref="InvalidOperationException">They do not fit each other, or are no multiples of 16.</exception>
    public static (int Rows, int Inner, int Outer) ReadTurned(string operation, ReadOnlySpan<long> x, ReadOnlySpan<long> weight)
    {
        if (x is not [var rows, var inner] || weight is not [var outer, var same] || inner != same)
        {
            throw new InvalidOperationException($"{operation} takes two matrices whose rows are equally long.");
        }

        return inner % Piece == 0 && outer % Piece == 0
            ? ((int)rows, (int)inner, (int)outer)
            : throw new InvalidOperationException($"{operation} takes matrices of {Piece}, {2 * Piece}, {3 * Piece}… columns, not {inner} and {outer}.");
    }
}
