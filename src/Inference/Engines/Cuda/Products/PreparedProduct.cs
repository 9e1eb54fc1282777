namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// A product in the terms of cuBLASLt, which counts column after column. A matrix that lies row after row is its own
/// transpose there, so that <c>result = x · W</c> is said as <c>resultᵀ = Wᵀ · xᵀ</c> and nothing is turned.
/// </summary>
internal sealed class PreparedProduct : IDisposable
{
    private readonly CublasLt _lt;
    private readonly nint _product;
    private readonly nint _weight;
    private readonly nint _x;
    private readonly nint _result;
    private int _rows = 1;

    public PreparedProduct(CublasLt lt, Product product)
    {
        _lt = lt;
        _product = lt.CreateProduct(product.Epilogue);
        _weight = lt.CreateLayout(product.Outer, product.Inner);
        _x = lt.CreateLayout(product.Inner, _rows);
        _result = lt.CreateLayout(product.Outer, _rows);
    }

    /// <summary>Sets what differs from one product of the kind to the next.</summary>
    public void Set(int rows, nint bias)
    {
        if (rows != _rows)
        {
            _lt.SetColumns(_x, rows);
            _lt.SetColumns(_result, rows);
            _rows = rows;
        }

        if (bias != 0)
        {
            _lt.SetBias(_product, bias);
        }
    }

    public int Find(nint handle, long workspaceBytes, Span<Algorithm> algorithms)
        => _lt.Find(handle, _product, _weight, _x, _result, workspaceBytes, algorithms);

    public bool TryMultiply(nint handle, Operands operands, in Algorithm algorithm, nint workspace, long workspaceBytes, nint stream)
        => _lt.TryMultiply(handle, _product, _weight, _x, _result, operands, algorithm, workspace, workspaceBytes, stream);

    public void Dispose()
    {
        _lt.DestroyLayout(_result);
        _lt.DestroyLayout(_x);
        _lt.DestroyLayout(_weight);
        _lt.DestroyProduct(_product);
    }
}
