using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>A kernel that is loaded on a device.</summary>
/// <param name="handle">The driver's handle of it.</param>
/// <param name="sharedBytes">Shared memory that a block is launched with.</param>
/// <param name="overlaps">
/// Whether its blocks come to the multiprocessors while the kernel in front ends. It waits for that kernel itself then, before it reads or
/// writes anything that a kernel makes.
/// </param>
internal sealed unsafe class KernelFunction(nint handle, int sharedBytes, bool overlaps)
{
    private const int MaxArguments = 14;
    private static readonly KernelLaunchAttribute Overlaps = KernelLaunchAttribute.CreateOverlapping();

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

            var attribute = Overlaps;
            var launch = new KernelLaunch
            {
                BlocksX = (uint)blocks,
                BlocksY = 1,
                BlocksZ = 1,
                ThreadsX = (uint)threads,
                ThreadsY = 1,
                ThreadsZ = 1,
                SharedBytes = (uint)sharedBytes,
                Stream = stream,
                Attributes = &attribute,
                AttributeCount = overlaps ? 1u : 0,
            };
            CudaErrors.ThrowIfFailed(KernelEntryPoints.LaunchKernel(&launch, handle, places, null));
        }
    }
}
