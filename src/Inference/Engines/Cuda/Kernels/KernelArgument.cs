namespace Reranker.Inference.Engines.Cuda.Kernels;

/// <summary>An argument of a kernel in the lower bytes of eight: the driver reads as many as the kernel declares.</summary>
internal readonly record struct KernelArgument(ulong Bits)
{
    public static implicit operator KernelArgument(nint address) => new((ulong)address);

    public static implicit operator KernelArgument(int value) => new((uint)value);

    public static implicit operator KernelArgument(long value) => new((ulong)value);

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToUInt32Bits(value));
}
