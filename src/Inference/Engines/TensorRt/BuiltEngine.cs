using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Inference.Engines.Loading;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>An engine in the engine cache.</summary>
public sealed record BuiltEngine
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Identity of the model.</summary>
    public required string Identity { get; init; }

    /// <summary>Precision of the model: <c>fp32</c>, <c>fp16</c> or <c>int8-qdq</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Where static activation scales come from; null where there are none.</summary>
    public string? Calibration { get; init; }

    /// <summary>The GPU it was built for.</summary>
    public required string Gpu { get; init; }

    /// <summary>Version of the driver.</summary>
    public required string Driver { get; init; }

    /// <summary>Version of TensorRT.</summary>
    public required string TensorRt { get; init; }

    /// <summary>ONNX Runtime and its version.</summary>
    public required string OnnxRuntime { get; init; }

    /// <summary>Smallest, best and largest batch shape, for example <c>1x8 32x256 40x512</c>.</summary>
    public required string Profile { get; init; }

    /// <summary>What the builder was allowed.</summary>
    public required string Builder { get; init; }

    /// <summary>Its folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Size of the engine in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>True when it was built now, false when it was there.</summary>
    public required bool Built { get; init; }

    /// <summary>Seconds to build or load it, to run its probes and to measure its costs.</summary>
    public required double Seconds { get; init; }

    /// <summary>Probes of the manifest that it scored as it must.</summary>
    public required int Probes { get; init; }

    /// <summary>As JSON, for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, BuiltEngineJson.Default.BuiltEngine);

    internal static BuiltEngine FromPlan(TensorRtPlan plan, EngineRequest request, bool built, EngineDescription loaded)
    {
        var (key, manifest) = (plan.Store.Key, request.Model.Manifest);
        return new BuiltEngine
        {
            Model = manifest.Name,
            Identity = manifest.Identity,
            Precision = key.Precision,
            Calibration = manifest.Calibration,
            Gpu = key.Gpu,
            Driver = key.Driver,
            TensorRt = key.TensorRt,
            OnnxRuntime = key.OnnxRuntime,
            Profile = key.Profile,
            Builder = key.Builder,
            Folder = plan.Store.Folder,
            Bytes = plan.Store.EngineBytes,
            Built = built,
            Seconds = Math.Round(loaded.StartupTime.TotalSeconds, 1),
            Probes = ProbeCheck.ListProbes(manifest, loaded.MaxPairTokens).Count(),
        };
    }
}

/// <summary>How engines look for programs.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BuiltEngine))]
internal sealed partial class BuiltEngineJson : JsonSerializerContext;
