namespace Reranker.Inference.Engines.Gpu.Driver;

/// <summary>What this process asks the CUDA driver, beside ONNX Runtime.</summary>
internal interface ICudaDriver
{
    /// <summary>Why the driver does not work here, as a clause; null when it does.</summary>
    string? Problem { get; }

    /// <summary>CUDA version the driver supports, as 1000 × major + 10 × minor.</summary>
    int CudaVersion { get; }

    /// <summary>GPUs that this process may see.</summary>
    int DeviceCount { get; }

    /// <summary>A GPU by its ordinal.</summary>
    GpuDevice DescribeDevice(int ordinal);

    /// <summary>Bytes in use on the device by all processes; 0 before anything was loaded there by this one.</summary>
    long ReadUsedBytes(int ordinal);

    /// <summary>Makes the context that ONNX Runtime will use, so that its own memory can be told from the model's.</summary>
    void RetainPrimaryContext(int ordinal);

    /// <summary>
    /// Waits for all that the process has put on the device. Not during a capture, which it would spoil: see
    /// <see cref="CaptureGate"/>.
    /// </summary>
    /// <returns>The driver's error; 0 for none, and where nothing was loaded on the device.</returns>
    int SynchronizeDevice(int ordinal);

    /// <summary>Copies to the device and waits.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    void CopyToDevice(int ordinal, nint device, ReadOnlySpan<byte> host);

    /// <summary>Copies from the device and waits.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    void CopyFromDevice(int ordinal, nint device, Span<byte> host);
}
