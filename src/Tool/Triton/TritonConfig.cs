using System.Globalization;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Tool.Triton;

/// <summary>The <c>config.pbtxt</c> of a model, from its manifest.</summary>
internal static class TritonConfig
{
    /// <summary>The folder of the warm-up's tensors, beside the versions.</summary>
    public const string WarmupFolder = "warmup";

    private const int AnySize = -1;

    // TensorRT's engine takes memory for its largest shape: as much as our own engine's profile, unless more is asked for.
    private const int DefaultProfileTokens = 512;

    /// <summary>Most tokens of a pair that the repository is made for.</summary>
    public static int FindMaxTokens(ModelManifest manifest, TritonOptions options) =>
        Math.Min(options.MaxTokens ?? DefaultProfileTokens, manifest.MaxPairTokens);

    /// <summary>Most pairs of a run: one where a score would depend on its neighbours.</summary>
    public static int FindMaxBatch(ModelManifest manifest, TritonOptions options) => manifest.OnePairPerRun ? 1 : options.MaxBatch;

    /// <summary>Writes it.</summary>
    public static string Write(ModelManifest manifest, TritonOptions options)
    {
        var config = new TextProto()
            .AddText("name", manifest.Name)
            .AddText("backend", "onnxruntime")
            .AddText("default_model_filename", TritonExport.GraphFile)
            .AddNumber("max_batch_size", FindMaxBatch(manifest, options));
        foreach (var input in (string[])[GraphTensors.InputIds, GraphTensors.AttentionMask])
        {
            config.AddMessage("input", tensor => tensor.AddText("name", input).AddWord("data_type", "TYPE_INT64").AddNumber("dims", AnySize));
        }

        config.AddMessage("output", tensor => tensor.AddText("name", GraphTensors.Logits).AddWord("data_type", "TYPE_FP32").AddNumber("dims", 1));
        config.AddMessage("instance_group", group => group
            .AddNumber("count", options.Instances)
            .AddWord("kind", IsForCpu(manifest) ? "KIND_CPU" : "KIND_GPU"));
        AddBatching(config, manifest, options);
        AddOptimization(config, manifest, options);
        AddWarmup(config, manifest, options);
        AddParameter(config, "reranker.identity", manifest.Identity);
        AddParameter(config, "reranker.precision", manifest.Precision);
        AddParameter(config, "reranker.max_pair_tokens", FindMaxTokens(manifest, options).ToString(CultureInfo.InvariantCulture));
        return config.ToString();
    }

    // Activations that are quantized while the model runs are for CPUs alone.
    private static bool IsForCpu(ModelManifest manifest) => manifest.Precision == ModelPrecision.Int8.Name;

    private static void AddBatching(TextProto config, ModelManifest manifest, TritonOptions options) => config.AddMessage("dynamic_batching", batching =>
    {
        batching.AddNumber("max_queue_delay_microseconds", FindMaxBatch(manifest, options) > 1 ? (long)options.QueueDelay.TotalMicroseconds : 0);

        // A request whose own time is over is answered so, instead of being scored for nobody.
        batching.AddMessage("default_queue_policy", policy => policy.AddWord("timeout_action", "REJECT").AddWord("allow_timeout_override", "true"));
    });

    private static void AddOptimization(TextProto config, ModelManifest manifest, TritonOptions options)
    {
        if (IsForCpu(manifest) || !options.UsesTensorRt)
        {
            return;
        }

        var (batch, tokens) = (FindMaxBatch(manifest, options), FindMaxTokens(manifest, options));
        config.AddMessage("optimization", optimization => optimization.AddMessage("execution_accelerators", accelerators =>
            accelerators.AddMessage("gpu_execution_accelerator", tensorRt =>
            {
                tensorRt.AddText("name", "tensorrt");
                AddPrecision(tensorRt, manifest);

                // A shape outside the profile would have the engine built anew, for minutes, within a request.
                tensorRt.AddEntry("parameters", "trt_profile_min_shapes", WriteShapes(1, 1));
                tensorRt.AddEntry("parameters", "trt_profile_opt_shapes", WriteShapes(batch, Math.Max(1, tokens / 2)));
                tensorRt.AddEntry("parameters", "trt_profile_max_shapes", WriteShapes(batch, tokens));
                tensorRt.AddEntry("parameters", "trt_engine_cache_enable", "1");
                tensorRt.AddEntry("parameters", "trt_engine_cache_path", $"/tmp/{manifest.Identity}");
            })));
    }

    // The precision is in the graph; this lets TensorRT have kernels for it. What is FP16 here has its norms in FP32 as ours has.
    private static void AddPrecision(TextProto tensorRt, ModelManifest manifest)
    {
        tensorRt.AddEntry("parameters", "precision_mode", manifest.Precision switch
        {
            ModelManifest.Int8Qdq => "INT8",
            var precision when precision == ModelPrecision.Fp16.Name => "FP16",
            _ => "FP32",
        });
        if (manifest.Precision == ModelPrecision.Fp16.Name)
        {
            tensorRt.AddEntry("parameters", "trt_layer_norm_fp32_fallback", "1");
        }
    }

    // The largest shape: whatever is built or allocated on the first use of a shape is there before the first request.
    private static void AddWarmup(TextProto config, ModelManifest manifest, TritonOptions options) => config.AddMessage("model_warmup", warmup =>
    {
        warmup.AddText("name", "largest");
        warmup.AddNumber("batch_size", FindMaxBatch(manifest, options));
        foreach (var input in (string[])[GraphTensors.InputIds, GraphTensors.AttentionMask])
        {
            warmup.AddMessage("inputs", entry => entry.AddText("key", input).AddMessage("value", value => value
                .AddWord("data_type", "TYPE_INT64")
                .AddNumber("dims", FindMaxTokens(manifest, options))
                .AddText("input_data_file", input)));
        }
    });

    private static void AddParameter(TextProto config, string key, string value) => config.AddMessage(
        "parameters", entry => entry.AddText("key", key).AddMessage("value", parameter => parameter.AddText("string_value", value)));

    private static string WriteShapes(int batch, int tokens) => string.Create(
        CultureInfo.InvariantCulture, $"{GraphTensors.InputIds}:{batch}x{tokens},{GraphTensors.AttentionMask}:{batch}x{tokens}");
}
