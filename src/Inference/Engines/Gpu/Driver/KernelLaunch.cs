using System.Runtime.InteropServices;

namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>How a kernel is launched: the driver's <c>CUlaunchConfig</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelLaunch
{
    public uint BlocksX;
    public uint BlocksY;
    public uint BlocksZ;
    public uint ThreadsX;
    public uint ThreadsY;
    public uint ThreadsZ;
    public uint SharedBytes;
    public nint Stream;
    public KernelLaunchAttribute* Attributes;
    public uint AttributeCount;
}
