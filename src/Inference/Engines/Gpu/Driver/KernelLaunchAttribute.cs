using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>What else is said of a launch: the driver's <c>CUlaunchAttribute</c>, a number and a value of up to 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = 72)]
internal struct KernelLaunchAttribute
{
    // CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION
    private const int StreamSerialization = 6;

    private int _id;
    private int _padding;
    private int _value;

    /// <summary>The kernel begins while the one in front of it on the stream ends, and waits for its results itself.</summary>
    public static KernelLaunchAttribute CreateOverlapping() => new() { _id = StreamSerialization, _padding = 0, _value = 1 };
}
