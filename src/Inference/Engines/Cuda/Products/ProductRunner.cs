using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx.Operators;

namespace Reranker.Inference.Engines.Cuda.Products;

/// <summary>
/// The matrix products of one engine: bias and GELU are applied while the result is still on the chip, and the kernels of
/// large batches are chosen by measuring them at start. Dispose it behind the session that has its operators.
/// </summary>
internal sealed class ProductRunner : IDisposable
{
    // What NVIDIA advises for Hopper.
    private const long WorkspaceBytes = 32L << 20;

    private readonly Lock _making = new();
    private readonly ConcurrentDictionary<nint, ProductLauncher> _launchers = [];
    private readonly ConcurrentDictionary<(MatrixProduct, int), KernelAlgorithm> _choices = [];
    private readonly HashSet<(MatrixProduct, int)> _tuned = [];
    private readonly List<OrtValue> _workspaces = [];
    private OrtMemoryInfo? _place;
    private OrtAllocator? _allocator;
    private DeviceFloats? _floats;
    private nint _handle;
    private volatile bool _isTuning;
    private volatile KernelReuse? _reuse;

    /// <summary>The operators that are products.</summary>
    public IEnumerable<CustomOperator> CreateOperators() =>
    [
        new ProductOperator(Epilogue.None, this),
        new ProductOperator(Epilogue.Bias, this),
        new ProductOperator(Epilogue.BiasGelu, this),
        new Fp8ProductOperator(hasGelu: false, this),
        new Fp8ProductOperator(hasGelu: true, this),
    ];

    /// <summary>True when a run had such products: graphs of ONNX Runtime's own operators have none.</summary>
    public bool IsUsed => !_launchers.IsEmpty;

    /// <summary>Version of cuBLASLt; 0 where no run had such products.</summary>
    public long LibraryVersion => IsUsed ? CublasLt.ReadVersion() : 0;

    /// <summary>Takes scratch memory from that session from now on.</summary>
    public void AttachSession(InferenceSession session, ICudaDriver driver, int ordinal)
    {
        _place = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default);
        _allocator = new OrtAllocator(session, _place);
        _floats = new DeviceFloats(_allocator, driver, ordinal);
    }

    /// <summary>Chooses kernels by measuring, for the products of the runs that happen meanwhile. One thread.</summary>
    public void TuneDuring(Action runs)
    {
        _isTuning = true;
        try
        {
            runs();
        }
        finally
        {
            _isTuning = false;
        }
    }

    /// <summary>The kernels that were chosen by measuring.</summary>
    public IEnumerable<KernelChoice> ListChosen()
        => from chosen in _choices where _tuned.Contains(chosen.Key) select new KernelChoice(chosen.Key.Item1, chosen.Key.Item2, chosen.Value);

    /// <summary>Takes kernels that were chosen before; false, with none of them taken, when one does not work. One thread.</summary>
    /// <param name="kept">The kernels.</param>
    /// <param name="run">A run of the largest batch, on whose operands they are tried.</param>
    public bool TryReuse(IReadOnlyList<KernelChoice> kept, Action run)
    {
        var reuse = _reuse = new KernelReuse(kept);
        try
        {
            run();
        }
        finally
        {
            _reuse = null;
        }

        if (!reuse.HaveAllWorked)
        {
            return false;
        }

        foreach (var choice in kept)
        {
            _choices[(choice.Product, choice.Size)] = choice.Algorithm;
        }

        return true;
    }

    /// <summary>Where on the device that number lies.</summary>
    public nint PlaceOnDevice(float value) => _floats!.FindPlace(value);

    /// <summary>Puts a product on a stream.</summary>
    public void LaunchProduct(MatrixProduct product, int rows, Operands operands, nint stream)
    {
        var launcher = _launchers.TryGetValue(stream, out var known) ? known : CreateLauncher(stream);
        if (_reuse is { } reuse)
        {
            TryKept(reuse, launcher, product, rows, operands);
        }

        if (_isTuning && rows > ProductSizes.Untimed && _tuned.Add((product, ProductSizes.RoundUp(rows))))
        {
            launcher.ChooseKernel(product, rows, operands);
        }

        launcher.Launch(product, rows, operands);
    }

    public void Dispose()
    {
        foreach (var launcher in _launchers.Values)
        {
            launcher.Dispose();
        }

        if (_handle != 0)
        {
            CublasLt.DestroyHandle(_handle);
        }
    }

    /// <summary>Gives the scratch memory back, while its session still lives.</summary>
    public void ReleaseWorkspaces()
    {
        _workspaces.ForEach(w => w.Dispose());
        _workspaces.Clear();
        _floats?.Dispose();
        _allocator?.Dispose();
        _place?.Dispose();
    }

    // A method of its own: what its closure takes is allocated at start alone.
    private static void TryKept(KernelReuse reuse, ProductLauncher launcher, MatrixProduct product, int rows, Operands operands)
        => reuse.TryKernels(product, rows, (tried, kernel) => launcher.TryKernel(product, tried, operands, kernel));

    private ProductLauncher CreateLauncher(nint stream)
    {
        lock (_making)
        {
            if (_launchers.TryGetValue(stream, out var known))
            {
                return known;
            }

            if (_handle == 0)
            {
                _handle = CublasLt.CreateHandle();
            }

            var workspace = OrtValue.CreateAllocatedTensorValue(_allocator!, TensorElementType.UInt8, [WorkspaceBytes]);
            _workspaces.Add(workspace);
            return _launchers[stream] = new ProductLauncher(_handle, stream, TensorAddress.FindAddress(workspace), WorkspaceBytes, _choices);
        }
    }
}
