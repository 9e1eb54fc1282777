using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>The functions of cuBLASLt that a product with an epilogue needs. Each returns a status, 0 for success, but the one that says the version.</summary>
internal static unsafe partial class CublasLtEntryPoints
{
    private const string Library = "libcublasLt.so.13";

    [LibraryImport(Library, EntryPoint = "cublasLtCreate")]
    public static partial int Create(nint* handle);

    [LibraryImport(Library, EntryPoint = "cublasLtGetVersion")]
    public static partial nuint GetVersion();

    [LibraryImport(Library, EntryPoint = "cublasLtDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulDescCreate")]
    public static partial int CreateProduct(nint* product, int computeType, int scaleType);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulDescDestroy")]
    public static partial int DestroyProduct(nint product);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulDescSetAttribute")]
    public static partial int SetProductAttribute(nint product, int attribute, void* value, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cublasLtMatrixLayoutCreate")]
    public static partial int CreateLayout(nint* layout, int type, ulong rows, ulong columns, long leadingDimension);

    [LibraryImport(Library, EntryPoint = "cublasLtMatrixLayoutDestroy")]
    public static partial int DestroyLayout(nint layout);

    [LibraryImport(Library, EntryPoint = "cublasLtMatrixLayoutSetAttribute")]
    public static partial int SetLayoutAttribute(nint layout, int attribute, void* value, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulPreferenceCreate")]
    public static partial int CreatePreference(nint* preference);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulPreferenceDestroy")]
    public static partial int DestroyPreference(nint preference);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulPreferenceSetAttribute")]
    public static partial int SetPreferenceAttribute(nint preference, int attribute, void* value, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmulAlgoGetHeuristic")]
    public static partial int FindKernels(
        nint handle, nint product, nint a, nint b, nint c, nint d, nint preference, int requested, ProposedKernel* kernels, int* count);

    [LibraryImport(Library, EntryPoint = "cublasLtMatmul")]
    public static partial int Multiply(
        nint handle,
        nint product,
        float* alpha,
        nint a,
        nint layoutOfA,
        nint b,
        nint layoutOfB,
        float* beta,
        nint c,
        nint layoutOfC,
        nint d,
        nint layoutOfD,
        KernelAlgorithm* algorithm,
        nint workspace,
        nuint workspaceBytes,
        nint stream);

    /// <summary>A kernel that cuBLASLt proposes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProposedKernel
    {
        public KernelAlgorithm Algorithm;
        public nuint WorkspaceBytes;
        public int Status;
        public float Waves;
        public long ReservedLow;
        public long ReservedHigh;
    }
}
