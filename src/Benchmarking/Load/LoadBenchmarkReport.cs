using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Benchmarking.Load;

/// <summary>A worker under load, against what its engine does offline.</summary>
public sealed record LoadBenchmarkReport
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Precision of the model.</summary>
    public required string Precision { get; init; }

    /// <summary>Execution provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>Seconds from the start of loading to ready.</summary>
    public required double StartupSeconds { get; init; }

    /// <summary>Passages of a request, where a row does not say otherwise.</summary>
    public required int Passages { get; init; }

    /// <summary>Mean tokens of a pair.</summary>
    public required double MeanTokens { get; init; }

    /// <summary>All pairs at once, a row a budget.</summary>
    public required IReadOnlyList<OfflineRow> Offline { get; init; }

    /// <summary>The best of <see cref="Offline"/>.</summary>
    public required double OfflinePairsPerSecond { get; init; }

    /// <summary>Saturated pairs a second over the offline ones.</summary>
    public required double SaturatedOverOffline { get; init; }

    /// <summary>Milliseconds by which a large job raises the p99 of small requests.</summary>
    public required double JobRaisesP99By { get; init; }

    /// <summary>That, in batch times of the run with the job.</summary>
    public required double JobRaisesP99ByBatches { get; init; }

    /// <summary>A row a load.</summary>
    public required IReadOnlyList<LoadRow> Rows { get; init; }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LoadBenchmarkJson.Default.LoadBenchmarkReport);
}

/// <summary>How the report looks on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(LoadBenchmarkReport))]
internal sealed partial class LoadBenchmarkJson : JsonSerializerContext;
