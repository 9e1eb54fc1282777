using System.Text.Json.Serialization;

namespace Reranker.Inference.Models;

/// <summary>One precision of a folder that holds several: what differs between them. Each is a model with an identity of its own.</summary>
public sealed record ManifestPrecision
{
    /// <summary>As <see cref="ModelManifest.Precision"/>.</summary>
    public required string Precision { get; init; }

    /// <summary>As <see cref="ModelManifest.Identity"/>.</summary>
    public required string Identity { get; init; }

    /// <summary>As <see cref="ModelManifest.OnePairPerRun"/>.</summary>
    public bool OnePairPerRun { get; init; }

    /// <summary>As <see cref="ModelManifest.Calibration"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Calibration { get; init; }

    /// <summary>As <see cref="ModelManifest.Quantization"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestQuantization? Quantization { get; init; }

    /// <summary>As <see cref="ModelManifest.Graphs"/>.</summary>
    public required IReadOnlyDictionary<string, string> Graphs { get; init; }

    /// <summary>As <see cref="ModelManifest.Weights"/>.</summary>
    public required string Weights { get; init; }

    /// <summary>As <see cref="ModelManifest.SharedWeights"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SharedWeights { get; init; }

    /// <summary>As <see cref="ModelManifest.Probes"/>.</summary>
    public required IReadOnlyList<ManifestProbe> Probes { get; init; }

    /// <summary>As <see cref="ModelManifest.Gate"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GateResult? Gate { get; init; }
}
