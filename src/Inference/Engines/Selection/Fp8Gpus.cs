using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>Which GPUs run FP8 models: those that multiply e4m3, from Ada and Hopper on.</summary>
internal static class Fp8Gpus
{
    private const int LeastCapability = 89;

    /// <summary>True when there are GPUs and each of them makes FP8 products.</summary>
    public static bool AreAll(ICudaDriver driver) => driver.Problem is null && driver.DeviceCount > 0
        && Enumerable.Range(0, driver.DeviceCount).All(ordinal => driver.DescribeDevice(ordinal).ComputeCapability >= LeastCapability);

    /// <summary>Refuses an FP8 model where it cannot run, in one line that says what to import instead.</summary>
    /// <exception cref="EngineUnavailableException">The engine or the GPU makes no FP8 products.</exception>
    public static void RequireSupport(EngineRequest request, EngineKind kind, ICudaDriver driver)
    {
        if (request.Model.Manifest.Precision != ModelPrecision.Fp8.Name || kind is EngineKind.Cpu or EngineKind.Scripted)
        {
            return;
        }

        if (kind != EngineKind.Cuda)
        {
            throw new EngineUnavailableException(kind, "FP8 models are run by the CUDA engine");
        }

        // Without a driver or that device the engine itself has more to say.
        var devices = request.Options.Devices;
        var ordinal = devices.Count > request.DeviceOrdinal ? devices[request.DeviceOrdinal] : request.DeviceOrdinal;
        if (driver.Problem is null && ordinal < driver.DeviceCount && driver.DescribeDevice(ordinal) is { ComputeCapability: < LeastCapability } gpu)
        {
            throw new EngineUnavailableException(kind, string.Create(
                CultureInfo.InvariantCulture,
                $"FP8 needs a GPU of compute capability 8.9 and {gpu.Name} has {gpu.ComputeCapability / 10}.{gpu.ComputeCapability % 10}; import the model with --precision fp16, or with int8-qdq for TensorRT"));
        }
    }
}
