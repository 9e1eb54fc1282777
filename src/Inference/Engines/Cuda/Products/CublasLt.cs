using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// cuBLASLt, which multiplies and applies an epilogue in one pass. ONNX Runtime's CUDA provider has no operator that uses it: it
/// multiplies, and adds and applies GELU in another pass over memory.
/// </summary>
internal sealed unsafe class CublasLt
{
    private const int Sum32 = 68;
    private const int TypeFloat = 0;
    private const int TypeHalf = 2;
    private const int EpilogueOfProduct = 7;
    private const int BiasOfProduct = 8;
    private const int ColumnsOfLayout = 3;
    private const int WorkspaceOfPreference = 1;

    private static readonly Lazy<CublasLt> Shared = new(() => new CublasLt());

    private CublasLt() => NativeEntryPoints.Bind(typeof(CublasLtEntryPoints));

    /// <summary>That of this process.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    /// <exception cref="EntryPointNotFoundException">It is too old.</exception>
    public static CublasLt Instance => Shared.Value;

    /// <summary>A handle for the current device.</summary>
    public nint Create()
    {
        nint handle = 0;
        Require(CublasLtEntryPoints.Create(&handle));
        return handle;
    }

    public void Destroy(nint handle) => CublasLtEntryPoints.Destroy(handle);

    /// <summary>What is to be done: FP16, summed in FP32, with that epilogue.</summary>
    public nint CreateProduct(Epilogue epilogue)
    {
        nint product = 0;
        var value = (int)epilogue;
        Require(CublasLtEntryPoints.CreateProduct(&product, Sum32, TypeFloat));
        Require(CublasLtEntryPoints.SetProductAttribute(product, EpilogueOfProduct, &value, sizeof(int)));
        return product;
    }

    public void SetBias(nint product, nint bias) => Require(CublasLtEntryPoints.SetProductAttribute(product, BiasOfProduct, &bias, (nuint)sizeof(nint)));

    public void DestroyProduct(nint product) => CublasLtEntryPoints.DestroyProduct(product);

    /// <summary>An FP16 matrix, column after column without gaps.</summary>
    public nint CreateLayout(int rows, int columns)
    {
        nint layout = 0;
        Require(CublasLtEntryPoints.CreateLayout(&layout, TypeHalf, (ulong)rows, (ulong)columns, rows));
        return layout;
    }

    public void SetColumns(nint layout, int columns)
    {
        var value = (ulong)columns;
        Require(CublasLtEntryPoints.SetLayoutAttribute(layout, ColumnsOfLayout, &value, sizeof(ulong)));
    }

    public void DestroyLayout(nint layout) => CublasLtEntryPoints.DestroyLayout(layout);

    /// <summary>Kernels that can do it, the one that should be the fastest first.</summary>
    public int Find(nint handle, nint product, nint weight, nint x, nint result, long workspace, Span<Algorithm> algorithms)
    {
        nint preference = 0;
        Require(CublasLtEntryPoints.CreatePreference(&preference));
        try
        {
            Require(CublasLtEntryPoints.SetPreferenceAttribute(preference, WorkspaceOfPreference, &workspace, sizeof(long)));
            var found = stackalloc CublasLtEntryPoints.ProposedKernel[algorithms.Length];
            var count = 0;
            if (CublasLtEntryPoints.FindKernels(handle, product, weight, x, result, result, preference, algorithms.Length, found, &count) != 0)
            {
                return 0;
            }

            for (var i = 0; i < count; i++)
            {
                algorithms[i] = found[i].Algorithm;
            }

            return count;
        }
        finally
        {
            CublasLtEntryPoints.DestroyPreference(preference);
        }
    }

    /// <summary>Puts a product on a stream; false when the kernel cannot do it in this shape.</summary>
    /// <exception cref="InvalidOperationException">cuBLASLt or the device fails.</exception>
    public bool TryMultiply(
        nint handle, nint product, nint weight, nint x, nint result, Operands operands, in Algorithm algorithm, nint workspace, long workspaceBytes, nint stream)
    {
        const int InvalidValue = 7;
        const int NotSupported = 15;
        float one = 1, zero = 0;
        fixed (Algorithm* chosen = &algorithm)
        {
            var status = CublasLtEntryPoints.Multiply(
                handle, product, &one, operands.Weight, weight, operands.X, x, &zero, operands.Result, result, operands.Result, result,
                chosen, workspace, (nuint)workspaceBytes, stream);
            if (status is InvalidValue or NotSupported)
            {
                return false;
            }

            Require(status);
            return true;
        }
    }

    private static void Require(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"cuBLASLt answers with error {status}."));
        }
    }
}
