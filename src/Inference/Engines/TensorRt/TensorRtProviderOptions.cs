using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>Options of ONNX Runtime's TensorRT provider.</summary>
internal static class TensorRtProviderOptions
{
    /// <summary>To run a built engine through its context graph.</summary>
    public static Dictionary<string, string> ForContext(GpuDevice device, string precision) => new()
    {
        ["device_id"] = device.Ordinal.ToString(CultureInfo.InvariantCulture),
        ["trt_fp16_enable"] = precision == ModelPrecision.Fp32.Name ? "0" : "1",

        // The scales are in the graph; without this the builder refuses its QuantizeLinear.
        ["trt_int8_enable"] = precision == ModelManifest.Int8Qdq ? "1" : "0",
    };

    /// <summary>To run the model's own graph, with the stored engine or by building one.</summary>
    public static Dictionary<string, string> ForGraph(
        GpuDevice device, string precision, ShapeProfile profile, EngineStore store, TensorRtOptions options)
    {
        var values = ForContext(device, precision);
        values["trt_profile_min_shapes"] = DescribeShape(profile.Min);
        values["trt_profile_opt_shapes"] = DescribeShape(profile.Opt);
        values["trt_profile_max_shapes"] = DescribeShape(profile.Max);
        values["trt_builder_optimization_level"] = options.BuilderLevel.ToString(CultureInfo.InvariantCulture);
        values["trt_timing_cache_enable"] = "1";
        values["trt_timing_cache_path"] = store.TimingFolder;
        values["trt_engine_cache_enable"] = "1";

        // With a context graph the provider keeps the engine in that graph's folder and takes no other path for it.
        values["trt_dump_ep_context_model"] = "1";
        values["trt_ep_context_file_path"] = store.ContextGraph;
        values["trt_ep_context_embed_mode"] = "0";
        if (options.WorkspaceBytes > 0)
        {
            values["trt_max_workspace_size"] = options.WorkspaceBytes.ToString(CultureInfo.InvariantCulture);
        }

        return values;
    }

    // A profile must name every input that varies.
    private static string DescribeShape(string shape) => string.Join(',', GraphContract.Padded.InputNames.Select(i => $"{i}:{shape}"));
}
