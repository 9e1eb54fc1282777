using System.Collections.Concurrent;
using System.Text;
using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>The kernels on one device. They stay there as long as the process lives: together they take less than a megabyte.</summary>
internal sealed unsafe class KernelModule
{
    private const int AttributeMultiprocessors = 16;
    private const int AttributeMajor = 75;
    private const int AttributeMinor = 76;

    private static readonly ConcurrentDictionary<int, Lazy<KernelModule>> Loaded = [];

    private readonly ConcurrentDictionary<string, KernelFunction> _functions = [];

    // The context of the device is current: that of the session that runs.
    private KernelModule(int ordinal)
    {
        NativeEntryPoints.ResolveNativeFunctions(typeof(CudaEntryPoints));
        NativeEntryPoints.ResolveNativeFunctions(typeof(KernelEntryPoints));
        int device = 0, processors = 0, major = 0, minor = 0;
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDevice(&device, ordinal));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceAttribute(&processors, AttributeMultiprocessors, device));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceAttribute(&major, AttributeMajor, device));
        CudaErrors.ThrowIfFailed(CudaEntryPoints.GetDeviceAttribute(&minor, AttributeMinor, device));
        var capability = (10 * major) + minor;
        (Processors, IsHopper) = (processors, KernelImage.IsHopper(capability));
        var name = KernelImage.FindName(capability) ?? throw new InvalidOperationException($"There are no kernels for compute capability {major}.{minor}.");
        nint module = 0;
        fixed (byte* image = KernelImage.ReadImage(name))
        {
            CudaErrors.ThrowIfFailed(KernelEntryPoints.LoadModule(&module, image));
        }

        // All at once: what is loaded at its first launch could not be launched first in a captured run.
        foreach (var (kernel, sharedBytes) in KernelNames.ListKernels(capability >= KernelImage.MinFp8Capability, IsHopper))
        {
            _functions[kernel] = LoadFunction(module, kernel, sharedBytes, IsHopper);
        }
    }

    /// <summary>Multiprocessors of the device.</summary>
    public int Processors { get; }

    /// <summary>Whether the image is Hopper's own.</summary>
    public bool IsHopper { get; }

    /// <summary>The module of a device whose context is current; loaded when it is first asked for.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses, or has no kernels for the card.</exception>
    public static KernelModule LoadOnce(int ordinal) => Loaded.GetOrAdd(ordinal, static o => new Lazy<KernelModule>(() => new KernelModule(o))).Value;

    /// <summary>A kernel by its name.</summary>
    public KernelFunction this[string name] => _functions.TryGetValue(name, out var found)
        ? found
        : throw new InvalidOperationException($"The kernel {name} is not for this card.");

    private static KernelFunction LoadFunction(nint module, string name, int sharedBytes, bool overlaps)
    {
        const int AttributeSharedBytes = 8;
        nint function = 0;
        fixed (byte* text = Encoding.ASCII.GetBytes(name + '\0'))
        {
            CudaErrors.ThrowIfFailed(KernelEntryPoints.GetFunction(&function, module, text));
        }

        CudaErrors.ThrowIfFailed(KernelEntryPoints.LoadFunction(function));
        CudaErrors.ThrowIfFailed(KernelEntryPoints.SetFunctionAttribute(function, AttributeSharedBytes, sharedBytes));
        return new KernelFunction(function, sharedBytes, overlaps);
    }
}
