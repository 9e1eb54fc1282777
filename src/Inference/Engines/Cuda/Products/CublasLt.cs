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
    private const int TypeEight = 28;
    private const int Turned = 1;
    private const int WeightOfProductIsTurned = 3;
    private const int EpilogueOfProduct = 7;
    private const int BiasOfProduct = 8;
    private const int ResultScaleOfProduct = 20;
    private const int FastSumOfProduct = 25;
    private const int BiasTypeOfProduct = 26;
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

    /// <summary>Its version, as a number. A handle comes first.</summary>
    public static long ReadVersion() => (long)CublasLtEntryPoints.GetVersion();

    public static void DestroyHandle(nint handle) => _ = CublasLtEntryPoints.Destroy(handle);

    /// <summary>What is to be done.</summary>
    public static nint CreateProduct(MatrixProduct kind)
    {
        nint product = 0;
        ThrowIfFailed(CublasLtEntryPoints.CreateProduct(&product, Sum32, TypeFloat));
        SetAttribute(product, EpilogueOfProduct, (int)kind.Epilogue);
        if (kind.Types != ProductTypes.Half)
        {
            // A sum that is rounded on its way: the exact one takes a tenth to a fifth longer, and what it adds is far below what
            // rounding the operands to FP8 has taken.
            SetAttribute(product, WeightOfProductIsTurned, Turned);
            SetAttribute(product, FastSumOfProduct, (byte)1);
            SetAttribute(product, BiasTypeOfProduct, TypeHalf);
        }

        return product;
    }

    public static void SetBias(nint product, nint bias) => SetAttribute(product, BiasOfProduct, bias);

    public static void SetResultScale(nint product, nint scale) => SetAttribute(product, ResultScaleOfProduct, scale);

    public static void DestroyProduct(nint product) => _ = CublasLtEntryPoints.DestroyProduct(product);

    /// <summary>A matrix in FP16 or FP8, column after column without gaps.</summary>
    public static nint CreateLayout(bool isEight, int rows, int columns)
    {
        nint layout = 0;
        ThrowIfFailed(CublasLtEntryPoints.CreateLayout(&layout, isEight ? TypeEight : TypeHalf, (ulong)rows, (ulong)columns, rows));
        return layout;
    }

    public static void SetColumns(nint layout, int columns)
    {
        var value = (ulong)columns;
        ThrowIfFailed(CublasLtEntryPoints.SetLayoutAttribute(layout, ColumnsOfLayout, &value, sizeof(ulong)));
    }

    public static void DestroyLayout(nint layout) => _ = CublasLtEntryPoints.DestroyLayout(layout);

    /// <summary>Kernels that can do it, the one that should be the fastest first.</summary>
    public static int FindKernels(nint handle, in ProductLayouts of, long workspace, Span<KernelAlgorithm> algorithms)
    {
        nint preference = 0;
        ThrowIfFailed(CublasLtEntryPoints.CreatePreference(&preference));
        try
        {
            ThrowIfFailed(CublasLtEntryPoints.SetPreferenceAttribute(preference, WorkspaceOfPreference, &workspace, sizeof(long)));
            var found = stackalloc CublasLtEntryPoints.ProposedKernel[algorithms.Length];
            var count = 0;
            var status = CublasLtEntryPoints.FindKernels(
                handle, of.Product, of.Weight, of.X, of.Addend, of.Result, preference, algorithms.Length, found, &count);
            if (status != 0)
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
        nint handle, in ProductLayouts of, Operands operands, in KernelAlgorithm algorithm, nint workspace, long workspaceBytes, nint stream)
    {
        const int InvalidValue = 7;
        const int NotSupported = 15;
        float scale = operands.Scale, zero = 0;

        // Nothing is added, so the addend is read nowhere; where it has another type than the result it may not be the result.
        var addend = of.Addend == of.Result ? operands.Result : workspace;
        fixed (KernelAlgorithm* chosen = &algorithm)
        {
            var status = CublasLtEntryPoints.Multiply(
                handle, of.Product, &scale, operands.Weight, of.Weight, operands.X, of.X, &zero, addend, of.Addend, operands.Result, of.Result,
                chosen, workspace, (nuint)workspaceBytes, stream);
            if (status is InvalidValue or NotSupported)
            {
                return false;
            }

            ThrowIfFailed(status);
            return true;
        }
    }

    private static void SetAttribute<T>(nint product, int attribute, T value)
        where T : unmanaged
        => ThrowIfFailed(CublasLtEntryPoints.SetProductAttribute(product, attribute, &value, (nuint)sizeof(T)));

    private static void ThrowIfFailed(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"cuBLASLt answers with error {status}."));
        }
    }
}
