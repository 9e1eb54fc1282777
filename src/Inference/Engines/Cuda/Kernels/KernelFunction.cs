using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>A kernel that is loaded on a device.</summary>
/// <param name="handle">The driver's handle of it.</param>
/// <param name="sharedBytes">Shared memory that a block is launched with.</param>
internal sealed unsafe class KernelFunction(nint handle, int sharedBytes)
{
    private const int MaxArguments = 10;

    /// <summary>Puts the kernel on a stream of the device whose context is current.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    public void Launch(int blocks, int threads, nint stream, params ReadOnlySpan<KernelArgument> arguments)
    {
        var places = stackalloc void*[MaxArguments];
        fixed (KernelArgument* first = arguments)
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                places[i] = first + i;
            }

            CudaErrors.ThrowIfFailed(KernelEntryPoints.LaunchKernel(
                handle, (uint)blocks, 1, 1, (uint)threads, 1, 1, (uint)sharedBytes, stream, places, null));
        }
    }
}
