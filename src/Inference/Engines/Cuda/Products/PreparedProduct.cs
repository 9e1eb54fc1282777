namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// A product in the terms of cuBLASLt, which counts column after column. A matrix that lies row after row is its own
/// transpose there, so that <c>result = x · W</c> is said as <c>resultᵀ = Wᵀ · xᵀ</c> and nothing is turned. An FP8 weight lies
/// the other way round already, and is turned by the kernel: it is the only form that FP8 kernels have.
/// </summary>
internal sealed class PreparedProduct : IDisposable
{
    private readonly ProductLayouts _layouts;
    private int _rows = 1;

    public PreparedProduct(MatrixProduct product)
    {
        var isEight = product.Types != ProductTypes.Half;
        var weight = isEight ? CublasLt.CreateLayout(isEight, product.Inner, product.Outer) : CublasLt.CreateLayout(isEight, product.Outer, product.Inner);
        var x = CublasLt.CreateLayout(isEight, product.Inner, _rows);
        var result = CublasLt.CreateLayout(product.Types == ProductTypes.Eight, product.Outer, _rows);
        var addend = product.Types == ProductTypes.Eight ? CublasLt.CreateLayout(isEight: false, product.Outer, _rows) : result;
        _layouts = new ProductLayouts(CublasLt.CreateProduct(product), weight, x, addend, result);
    }

    /// <summary>Sets what differs from one product of the kind to the next.</summary>
    public void SetOperands(int rows, Operands operands)
    {
        if (rows != _rows)
        {
            CublasLt.SetColumns(_layouts.X, rows);
            CublasLt.SetColumns(_layouts.Result, rows);
            if (_layouts.Addend != _layouts.Result)
            {
                CublasLt.SetColumns(_layouts.Addend, rows);
            }

            _rows = rows;
        }

        if (operands.Bias != 0)
        {
            CublasLt.SetBias(_layouts.Product, operands.Bias);
        }

        if (operands.ResultScale != 0)
        {
            CublasLt.SetResultScale(_layouts.Product, operands.ResultScale);
        }
    }

    public int FindKernels(nint handle, long workspaceBytes, Span<KernelAlgorithm> algorithms)
        => CublasLt.FindKernels(handle, _layouts, workspaceBytes, algorithms);

    public bool TryMultiply(nint handle, Operands operands, in KernelAlgorithm algorithm, nint workspace, long workspaceBytes, nint stream)
        => CublasLt.TryMultiply(handle, _layouts, operands, algorithm, workspace, workspaceBytes, stream);

    public void Dispose()
    {
        CublasLt.DestroyLayout(_layouts.Result);
        if (_layouts.Addend != _layouts.Result)
        {
            CublasLt.DestroyLayout(_layouts.Addend);
        }

        CublasLt.DestroyLayout(_layouts.X);
        CublasLt.DestroyLayout(_layouts.Weight);
        CublasLt.DestroyProduct(_layouts.Product);
    }
}
