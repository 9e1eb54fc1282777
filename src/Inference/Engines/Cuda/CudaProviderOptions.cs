using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>Options of ONNX Runtime's CUDA provider, and the options of the engine that they follow from.</summary>
internal static class CudaProviderOptions
{
    /// <summary>
    /// The options with which a model runs. A session that captures takes one run at a time; and attention in FP32 reads the
    /// places of the tokens in the padded rectangle, which a captured run of another batch has not.
    /// </summary>
    public static CudaOptions ResolveOptions(EngineOptions options, string precision)
        => options.InstancesPerGpu == 1 && (precision == ModelPrecision.Fp16.Name || precision == ModelPrecision.Fp8.Name)
            ? options.Cuda
            : options.Cuda with { GraphTokens = 0 };

    /// <summary>The provider's options by its own names.</summary>
    public static Dictionary<string, string> Create(GpuDevice device, CudaOptions options)
    {
        var values = new Dictionary<string, string>
        {
            ["device_id"] = device.Ordinal.ToString(CultureInfo.InvariantCulture),

            // Doubling the arena would take memory that no batch ever uses.
            ["arena_extend_strategy"] = "kSameAsRequested",

            // FP32 here means FP32: the head of every model, and models of that precision.
            ["use_tf32"] = "0",
        };
        if (options.GraphTokens >= CapturedSizes.Smallest)
        {
            values[CudaGraphs.Enable] = "1";
        }

        if (options.MemoryLimitBytes > 0)
        {
            values["gpu_mem_limit"] = options.MemoryLimitBytes.ToString(CultureInfo.InvariantCulture);
        }

        return values;
    }
}
