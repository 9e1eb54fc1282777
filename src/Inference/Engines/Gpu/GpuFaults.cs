using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>Translates errors of a run on a GPU.</summary>
internal static class GpuFaults
{
    /// <summary>
    /// The fault. The words of an error do not tell whether the device survived it, so the device is asked.
    /// </summary>
    public static EngineException TranslateFault(OnnxRuntimeException e, ICudaDriver driver, GpuDevice device)
    {
        if (IsLost(driver, device.Ordinal))
        {
            return new EngineException(EngineFault.DeviceLost, $"The GPU {device.Name} does not work any more in this process.", e);
        }

        return OnnxFaults.IsOutOfMemory(e)
            ? new EngineException(EngineFault.OutOfMemory, $"The GPU {device.Name} has too little memory for the batch.", e)
            : OnnxFaults.TranslateFault(e);
    }

    /// <summary>
    /// True when nothing works on the device in this process any more: a sticky error comes back from every later call. Any
    /// other answer is no loss, such as the one that a neighbour who is short of memory or captures would get.
    /// </summary>
    public static bool IsLost(ICudaDriver driver, int ordinal)
    {
        using var pass = CaptureGate.EnterForWork();
        return CudaErrors.IsSticky(driver.SynchronizeDevice(ordinal));
    }

    /// <summary>Why a session could not be made or does not run, as a clause.</summary>
    public static string DescribeReason(Exception e, GpuDevice device) => OnnxFaults.IsOutOfMemory(e)
        ? $"the GPU {device.Name} has too little free memory for the model"
        : $"the model does not run on the GPU {device.Name} ({OnnxFaults.ReadFirstLine(e).TrimEnd('.')})";

    /// <summary>
    /// True for what the runtime or a library beside it says when it refuses or lacks something, a whole interface included: the
    /// engine does not work here then, and another one may.
    /// </summary>
    public static bool IsRuntimeFailure(Exception e)
        => e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException or NotSupportedException;
}
