using Reranker.Inference.Engines.Gpu.Driver;

namespace Reranker.Inference.Tests.Engines.Gpu.Driver;

internal sealed class FakeDriver : ICudaDriver
{
    public string? Problem { get; init; }

    public int CudaVersion { get; init; } = 13_000;

    public int DeviceCount { get; init; } = 2;

    /// <summary>Compute capability of every device, 10 × major + minor.</summary>
    public int ComputeCapability { get; init; } = 90;

    /// <summary>What the driver answers when it waits for the device.</summary>
    public int Answer { get; init; }

    /// <summary>How often it was asked to.</summary>
    public int Synchronizations => Volatile.Read(ref _synchronizations);

    private int _synchronizations;

    public GpuDevice DescribeDevice(int ordinal) => new(ordinal, "NVIDIA H100 80GB HBM3", ComputeCapability, 80L << 30, "580.95.05");

    public long ReadUsedBytes(int ordinal) => 0;

    public void RetainPrimaryContext(int ordinal)
    {
    }

    public int SynchronizeDevice(int ordinal)
    {
        Interlocked.Increment(ref _synchronizations);
        return Answer;
    }

    public void CopyToDevice(int ordinal, nint device, ReadOnlySpan<byte> host) => throw new NotSupportedException();

    public void CopyFromDevice(int ordinal, nint device, Span<byte> host) => throw new NotSupportedException();
}
