using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// cuBLASLt, which multiplies and applies an epilogue in one pass. ONNX Runtime's CUDA provider has no operator that uses it: it
/// multiplies, and adds and applies GELU in another pass over memory.
/// </summary>
internal static unsafe class CublasLt
{
    private const int Sum32 = 68;
    private const int TypeFloat = 0;
    private const int TypeHalf = 2;
    private const int EpilogueOfProduct = 7;
    private const int BiasOfProduct = 8;
    private const int ColumnsOfLayout = 3;
    private const int WorkspaceOfPreference = 1;

    /// <summary>A handle for the current device. It comes first: with it the library is loaded.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    /// <exception cref="EntryPointNotFoundException">It is too old.</exception>
    /// <exception cref="InvalidOperationException">It refuses.</exception>
    public static nint CreateHandle()
    {
        NativeEntryPoints.ResolveNativeFunctions(typeof(CublasLtEntryPoints));
        nint handle = 0;
        ThrowIfFailed(CublasLtEntryPoints.Create(&handle));
        return handle;
    }

    public static void DestroyHandle(nint handle) => _ = CublasLtEntryPoints.Destroy(handle);

    /// <summary>What is to be done: FP16, summed in FP32, with that epilogue.</summary>
    public static nint CreateProduct(Epilogue epilogue)
    {
        nint product = 0;
        var value = (int)epilogue;
        ThrowIfFailed(CublasLtEntryPoints.CreateProduct(&product, Sum32, TypeFloat));
        ThrowIfFailed(CublasLtEntryPoints.SetProductAttribute(product, EpilogueOfProduct, &value, sizeof(int)));
        return product;
    }

    public static void SetBias(nint product, nint bias) => ThrowIfFailed(CublasLtEntryPoints.SetProductAttribute(product, BiasOfProduct, &bias, (nuint)sizeof(nint)));

    public static void DestroyProduct(nint product) => _ = CublasLtEntryPoints.DestroyProduct(product);

    /// <summary>An FP16 matrix, column after column without gaps.</summary>
    public static nint CreateLayout(int rows, int columns)
    {
        nint layout = 0;
        ThrowIfFailed(CublasLtEntryPoints.CreateLayout(&layout, TypeHalf, (ulong)rows, (ulong)columns, rows));
        return layout;
    }

    public static void SetColumns(nint layout, int columns)
    {
        var value = (ulong)columns;
        ThrowIfFailed(CublasLtEntryPoints.SetLayoutAttribute(layout, ColumnsOfLayout, &value, sizeof(ulong)));
    }

    public static void DestroyLayout(nint layout) => _ = CublasLtEntryPoints.DestroyLayout(layout);

    /// <summary>Kernels that can do it, the one that should be the fastest first.</summary>
    public static int FindKernels(nint handle, nint product, nint weight, nint x, nint result, long workspace, Span<KernelAlgorithm> algorithms)
    {
        nint preference = 0;
        ThrowIfFailed(CublasLtEntryPoints.CreatePreference(&preference));
        try
        {
            ThrowIfFailed(CublasLtEntryPoints.SetPreferenceAttribute(preference, WorkspaceOfPreference, &workspace, sizeof(long)));
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
            _ = CublasLtEntryPoints.DestroyPreference(preference);
        }
    }

    /// <summary>Puts a product on a stream; false when the kernel cannot do it in this shape.</summary>
    /// <exception cref="InvalidOperationException">cuBLASLt or the device fails.</exception>
    public static bool TryMultiply(
        nint handle, nint product, nint weight, nint x, nint result, Operands operands, in KernelAlgorithm algorithm, nint workspace, long workspaceBytes, nint stream)
    {
        const int InvalidValue = 7;
        const int NotSupported = 15;
        float one = 1, zero = 0;
        fixed (KernelAlgorithm* chosen = &algorithm)
        {
            var status = CublasLtEntryPoints.Multiply(
                handle, product, &one, operands.Weight, weight, operands.X, x, &zero, operands.Result, result, operands.Result, result,
                chosen, workspace, (nuint)workspaceBytes, stream);
            if (status is InvalidValue or NotSupported)
            {
                return false;
            }

            ThrowIfFailed(status);
            return true;
        }
    }

    private static void ThrowIfFailed(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"cuBLASLt answers with error {status}."));
        }
    }
}
