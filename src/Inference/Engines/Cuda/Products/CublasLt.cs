using System.Globalization;
using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// The functions of cuBLASLt that a product with an epilogue needs. ONNX Runtime's CUDA provider has no operator that uses
/// them: it multiplies, and adds and applies GELU in another pass over memory.
/// </summary>
internal sealed unsafe class CublasLt
{
    private const string Library = "libcublasLt.so.13";
    private const int Sum32 = 68;
    private const int TypeFloat = 0;
    private const int TypeHalf = 2;
    private const int EpilogueOfProduct = 7;
    private const int BiasOfProduct = 8;
    private const int ColumnsOfLayout = 3;
    private const int WorkspaceOfPreference = 1;

    private static readonly Lazy<CublasLt> Shared = new(() => new CublasLt());

    private readonly delegate* unmanaged<nint*, int> _create;
    private readonly delegate* unmanaged<nint, int> _destroy;
    private readonly delegate* unmanaged<nint*, int, int, int> _createProduct;
    private readonly delegate* unmanaged<nint, int> _destroyProduct;
    private readonly delegate* unmanaged<nint, int, void*, nuint, int> _setProduct;
    private readonly delegate* unmanaged<nint*, int, ulong, ulong, long, int> _createLayout;
    private readonly delegate* unmanaged<nint, int> _destroyLayout;
    private readonly delegate* unmanaged<nint, int, void*, nuint, int> _setLayout;
    private readonly delegate* unmanaged<nint*, int> _createPreference;
    private readonly delegate* unmanaged<nint, int> _destroyPreference;
    private readonly delegate* unmanaged<nint, int, void*, nuint, int> _setPreference;
    private readonly delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int, Found*, int*, int> _find;
    private readonly delegate* unmanaged<nint, nint, float*, nint, nint, nint, nint, float*, nint, nint, nint, nint, Algorithm*, nint, nuint, nint, int> _multiply;

    private CublasLt()
    {
        var library = NativeLibrary.Load(Library);
        nint Export(string name) => NativeLibrary.GetExport(library, $"cublasLt{name}");
        _create = (delegate* unmanaged<nint*, int>)Export("Create");
        _destroy = (delegate* unmanaged<nint, int>)Export("Destroy");
        _createProduct = (delegate* unmanaged<nint*, int, int, int>)Export("MatmulDescCreate");
        _destroyProduct = (delegate* unmanaged<nint, int>)Export("MatmulDescDestroy");
        _setProduct = (delegate* unmanaged<nint, int, void*, nuint, int>)Export("MatmulDescSetAttribute");
        _createLayout = (delegate* unmanaged<nint*, int, ulong, ulong, long, int>)Export("MatrixLayoutCreate");
        _destroyLayout = (delegate* unmanaged<nint, int>)Export("MatrixLayoutDestroy");
        _setLayout = (delegate* unmanaged<nint, int, void*, nuint, int>)Export("MatrixLayoutSetAttribute");
        _createPreference = (delegate* unmanaged<nint*, int>)Export("MatmulPreferenceCreate");
        _destroyPreference = (delegate* unmanaged<nint, int>)Export("MatmulPreferenceDestroy");
        _setPreference = (delegate* unmanaged<nint, int, void*, nuint, int>)Export("MatmulPreferenceSetAttribute");
        _find = (delegate* unmanaged<nint, nint, nint, nint, nint, nint, nint, int, Found*, int*, int>)Export("MatmulAlgoGetHeuristic");
        _multiply = (delegate* unmanaged<nint, nint, float*, nint, nint, nint, nint, float*, nint, nint, nint, nint, Algorithm*, nint, nuint, nint, int>)Export("Matmul");
    }

    /// <summary>That of this process.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    public static CublasLt Instance => Shared.Value;

    /// <summary>A handle for the current device.</summary>
    public nint Create()
    {
        nint handle = 0;
        Require(_create(&handle));
        return handle;
    }

    public void Destroy(nint handle) => _destroy(handle);

    /// <summary>What is to be done: FP16, summed in FP32, with that epilogue.</summary>
    public nint CreateProduct(Epilogue epilogue)
    {
        nint product = 0;
        var value = (int)epilogue;
        Require(_createProduct(&product, Sum32, TypeFloat));
        Require(_setProduct(product, EpilogueOfProduct, &value, sizeof(int)));
        return product;
    }

    public void SetBias(nint product, nint bias) => Require(_setProduct(product, BiasOfProduct, &bias, (nuint)sizeof(nint)));

    public void DestroyProduct(nint product) => _destroyProduct(product);

    /// <summary>An FP16 matrix, column after column without gaps.</summary>
    public nint CreateLayout(int rows, int columns)
    {
        nint layout = 0;
        Require(_createLayout(&layout, TypeHalf, (ulong)rows, (ulong)columns, rows));
        return layout;
    }

    public void SetColumns(nint layout, int columns)
    {
        var value = (ulong)columns;
        Require(_setLayout(layout, ColumnsOfLayout, &value, sizeof(ulong)));
    }

    public void DestroyLayout(nint layout) => _destroyLayout(layout);

    /// <summary>Kernels that can do it, the one that should be the fastest first.</summary>
    public int Find(nint handle, nint product, nint weight, nint x, nint result, long workspace, Span<Algorithm> algorithms)
    {
        nint preference = 0;
        Require(_createPreference(&preference));
        try
        {
            Require(_setPreference(preference, WorkspaceOfPreference, &workspace, sizeof(long)));
            var found = stackalloc Found[algorithms.Length];
            var count = 0;
            if (_find(handle, product, weight, x, result, result, preference, algorithms.Length, found, &count) != 0)
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
            _destroyPreference(preference);
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
            var status = _multiply(
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

    [StructLayout(LayoutKind.Sequential)]
    private struct Found
    {
        public Algorithm Algorithm;
        public nuint WorkspaceBytes;
        public int State;
        public float Waves;
        public long ReservedLow;
        public long ReservedHigh;
    }
}
