using System.Globalization;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.TensorRt;

/// <summary>
/// All that a built engine depends on. An engine of another key may load and answer wrongly or not at all, so each key has
/// its own folder.
/// </summary>
internal sealed record EngineKey
{
    public required string ModelIdentity { get; init; }

    public required string GraphSha256 { get; init; }

    public required string OnnxRuntime { get; init; }

    public required string TensorRt { get; init; }

    public required string Driver { get; init; }

    public required string Gpu { get; init; }

    public required string Precision { get; init; }

    public required string Profile { get; init; }

    /// <summary>What the builder was allowed; engines of two levels are both right, and not equally fast.</summary>
    public required string Builder { get; init; }

    /// <summary>Every part on a line of its own: what the folder's <c>key.txt</c> says to people.</summary>
    public string Text => $"""
        model {ModelIdentity}
        graph {GraphSha256}
        onnx_runtime {OnnxRuntime}
        tensorrt {TensorRt}
        driver {Driver}
        gpu {Gpu}
        precision {Precision}
        profile {Profile}
        builder {Builder}

        """.ReplaceLineEndings("\n");

    /// <summary>SHA-256 of the text, 16 hexadecimal digits of it: the folder's name.</summary>
    public string Hash => CacheName.FromText(Text);

    public static EngineKey CreateKey(
        ModelManifest manifest, string graphFile, string runtime, string tensorRt, GpuDevice device, ShapeProfile profile, TensorRtOptions options)
        => new()
        {
            ModelIdentity = manifest.Identity,
            GraphSha256 = manifest.Files.First(f => f.Name == Path.GetFileName(graphFile)).Sha256,
            OnnxRuntime = runtime,
            TensorRt = tensorRt,
            Driver = device.Driver,
            Gpu = device.Name,
            Precision = manifest.Precision,
            Profile = profile.ToString(),
            Builder = string.Create(CultureInfo.InvariantCulture, $"level {options.BuilderLevel}, workspace {options.WorkspaceBytes}"),
        };
}
