using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Inference.Costs;

namespace Reranker.Benchmarking.Engine;

/// <summary>What an engine did on a set of shapes.</summary>
public sealed record EngineBenchmarkReport
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Precision of the model.</summary>
    public required string Precision { get; init; }

    /// <summary>Execution provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The device.</summary>
    public required string Device { get; init; }

    /// <summary>Runtime and its version.</summary>
    public required string Runtime { get; init; }

    /// <summary>Seconds from the start of loading to ready.</summary>
    public required double StartupSeconds { get; init; }

    /// <summary>Seconds of that in which the loaded model was tried and its cost table measured; null where the engine does not say.</summary>
    public double? WarmUpSeconds { get; init; }

    /// <summary>What a start was spent on: seconds by the phase's name, in the order of the start. Empty where the engine does not say.</summary>
    public IReadOnlyDictionary<string, double> StartPhases { get; init; } = new Dictionary<string, double>();

    /// <summary>Most pairs of one run.</summary>
    public required int MaxBatchPairs { get; init; }

    /// <summary>Most tokens of one run.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>A row a shape.</summary>
    public required IReadOnlyList<EngineBenchmarkRow> Rows { get; init; }

    /// <summary>Memory of the device; null where there is none to ask.</summary>
    public DeviceMemory? Memory { get; init; }

    /// <summary>The cost table's predictions of the ragged shapes, as 90th percentile of relative error; null without ragged shapes.</summary>
    public double? CostErrorP90 { get; init; }

    /// <summary>The batches of which <see cref="CostErrorP90"/> tells.</summary>
    public IReadOnlyList<CostSample> CostSamples { get; init; } = [];

    /// <summary>What the engine measured of its batches when it started, and its limits, for plans, which has a file of its own; null where it measures none.</summary>
    [JsonIgnore]
    public CardCosts? Costs { get; init; }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EngineBenchmarkJson.Default.EngineBenchmarkReport);
}

/// <summary>What one shape took.</summary>
/// <param name="Name">Name of the shape.</param>
/// <param name="Lengths">Tokens of each pair, so that another program can measure the same.</param>
/// <param name="Runs">Batches that the engine's limits, or its groups of lengths, made of it.</param>
/// <param name="Milliseconds">Median wall clock time of all its runs together.</param>
/// <param name="PairsPerSecond">Pairs over that time.</param>
/// <param name="UsefulTeraflops">Operations of real tokens over that time, in 10^12 a second.</param>
/// <param name="AllocatedBytesPerRun">Managed memory allocated a run.</param>
public sealed record EngineBenchmarkRow(
    string Name,
    IReadOnlyList<int> Lengths,
    int Runs,
    double Milliseconds,
    double PairsPerSecond,
    double UsefulTeraflops,
    long AllocatedBytesPerRun)
{
    /// <summary>Its runs one by one.</summary>
    public IReadOnlyList<MeasuredRun> Groups { get; init; } = [];
}

/// <summary>A batch that the cost table was not made of.</summary>
/// <param name="Pairs">Its pairs.</param>
/// <param name="Longest">Tokens of the longest one.</param>
/// <param name="Tokens">Tokens of all of them.</param>
/// <param name="PredictedMicroseconds">What the table says.</param>
/// <param name="RealMicroseconds">What it took.</param>
public sealed record CostSample(int Pairs, int Longest, int Tokens, double PredictedMicroseconds, double RealMicroseconds);

/// <summary>Bytes in use on the device.</summary>
/// <param name="Context">With nothing but a CUDA context.</param>
/// <param name="Loaded">With the model loaded, warmed up and measured.</param>
/// <param name="Worked">After all shapes.</param>
/// <param name="Weights">Bytes of the weights' files.</param>
public sealed record DeviceMemory(long Context, long Loaded, long Worked, long Weights)
{
    /// <summary>What the engine takes beside the context and the weights.</summary>
    public long BesideWeights => Worked - Context - Weights;
}

/// <summary>How reports look on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(EngineBenchmarkReport))]
internal sealed partial class EngineBenchmarkJson : JsonSerializerContext;
