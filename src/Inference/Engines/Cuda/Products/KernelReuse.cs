namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// Tries kernels that an earlier start chose, each once, on the operands of the first product of its kind: whether cuBLASLt takes them
/// is known before any run depends on it, and what is loaded at a first launch is loaded before a run is captured.
/// </summary>
/// <param name="kept">What was chosen.</param>
internal sealed class KernelReuse(IEnumerable<KernelChoice> kept)
{
    private readonly ILookup<MatrixProduct, KernelChoice> _kept = kept.ToLookup(k => k.Product);
    private readonly HashSet<MatrixProduct> _tried = [];

    /// <summary>False when a kernel did not work, or a product has none.</summary>
    public bool HaveAllWorked { get; private set; } = true;

    /// <summary>Tries the kernels of a product that is about to be launched.</summary>
    /// <param name="product">The product.</param>
    /// <param name="rows">How many rows its operands have; no more are multiplied.</param>
    /// <param name="tryMultiply">Multiplies so many rows with a kernel; false when that cannot.</param>
    public void TryKernels(MatrixProduct product, int rows, Func<int, KernelAlgorithm, bool> tryMultiply)
    {
        if (rows <= ProductSizes.Untimed || !_tried.Add(product))
        {
            return;
        }

        HaveAllWorked &= _kept.Contains(product);
        foreach (var choice in _kept[product])
        {
            HaveAllWorked &= tryMultiply(Math.Min(rows, choice.Size), choice.Algorithm);
        }
    }
}
