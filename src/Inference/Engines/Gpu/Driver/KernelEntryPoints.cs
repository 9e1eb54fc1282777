using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>The functions of the CUDA driver API that load and launch kernels. Each returns the driver's error; 0 for none.</summary>
internal static unsafe partial class KernelEntryPoints
{
    [LibraryImport(CudaEntryPoints.Library, EntryPoint = "cuModuleLoadData")]
    public static partial int LoadModule(nint* module, byte* image);

    [LibraryImport(CudaEntryPoints.Library, EntryPoint = "cuModuleGetFunction")]
    public static partial int GetFunction(nint* function, nint module, byte* name);

    [LibraryImport(CudaEntryPoints.Library, EntryPoint = "cuFuncLoad")]
    public static partial int LoadFunction(nint function);

    [LibraryImport(CudaEntryPoints.Library, EntryPoint = "cuFuncSetAttribute")]
    public static partial int SetFunctionAttribute(nint function, int attribute, int value);

    [LibraryImport(CudaEntryPoints.Library, EntryPoint = "cuLaunchKernelEx")]
    public static partial int LaunchKernel(KernelLaunch* launch, nint function, void** arguments, void** extra);
}
