namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// A product in the terms of cuBLASLt, which counts column after column. A matrix that lies row after row is its own
/// transpose there, so that <c>result = x · W</c> is said as <c>resultᵀ = Wᵀ · xᵀ</c> and nothing is turned.
/// </summary>
internal sealed class PreparedProduct : IDisposable
{
    private readonly nint _product;
    private readonly nint _weight;
    private readonly nint _x;
    private readonly nint _result;
    private int _rows = 1;

    public PreparedProduct(MatrixProduct product)
    {
        _product = CublasLt.CreateProduct(product.Epilogue);
        _weight = CublasLt.CreateLayout(product.Outer, product.Inner);
        _x = CublasLt.CreateLayout(product.Inner, _rows);
        _result = CublasLt.CreateLayout(product.Outer, _rows);
    }

    /// <summary>Sets what differs from one product of the kind to the next.</summary>
    public void SetOperands(int rows, nint bias)
    {
        if (rows != _rows)
        {
            CublasLt.SetColumns(_x, rows);
            CublasLt.SetColumns(_result, rows);
            _rows = rows;
        }

        if (bias != 0)
        {
            CublasLt.SetBias(_product, bias);
        }
    }

    public int FindKernels(nint handle, long workspaceBytes, Span<KernelAlgorithm> algorithms)
        => CublasLt.FindKernels(handle, _product, _weight, _x, _result, workspaceBytes, algorithms);

    public bool TryMultiply(nint handle, Operands operands, in KernelAlgorithm algorithm, nint workspace, long workspaceBytes, nint stream)
        => CublasLt.TryMultiply(handle, _product, _weight, _x, _result, operands, algorithm, workspace, workspaceBytes, stream);

    public void Dispose()
    {
        CublasLt.DestroyLayout(_result);
        CublasLt.DestroyLayout(_x);
        CublasLt.DestroyLayout(_weight);
        CublasLt.DestroyProduct(_product);
    }
}
