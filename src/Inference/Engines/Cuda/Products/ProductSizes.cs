namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>The numbers of rows for which a kernel is chosen; a product with fewer rows uses the kernel of the next size.</summary>
internal static class ProductSizes
{
    /// <summary>
    /// Up to here kernels are shorter than the time between two launches, and no measurement tells one from another.
    /// </summary>
    public const int Untimed = 1024;

    private const int FineStep = 64;
    private const int CoarseStep = 512;

    /// <summary>The size whose kernel multiplies so many rows.</summary>
    public static int RoundUp(int rows)
    {
        var step = rows <= Untimed ? FineStep : CoarseStep;
        return (rows + step - 1) / step * step;
    }

    /// <summary>The sizes whose kernels are found by measuring, up to the one that takes so many rows.</summary>
    public static IEnumerable<int> ListTimed(int maxRows)
    {
        for (var size = RoundUp(Untimed + 1); size <= RoundUp(maxRows); size += CoarseStep)
        {
            yield return size;
        }
    }
}
