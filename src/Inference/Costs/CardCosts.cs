using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Costs;

/// <summary>
/// What batches cost on one kind of card, and what its engine takes in one: enough to foresee a fleet of them without having one.
/// </summary>
public sealed record CardCosts
{
    private const int UnknownMaxPairs = 256;

    // What is beyond these is no batch of this world, and a model of it would take the memory of the process.
    private const int MostPairs = 1 << 13;
    private const int MostTokensOfPair = 1 << 15;

    /// <summary>The card, as the driver names it.</summary>
    public required string Device { get; init; }

    /// <summary>The model that was run.</summary>
    public required string Model { get; init; }

    /// <summary>Its precision.</summary>
    public required string Precision { get; init; }

    /// <summary>The execution provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Where the times are from, as a sentence.</summary>
    public string Source { get; init; } = "";

    /// <summary>The day of the measurement; null where nobody wrote it down.</summary>
    public DateOnly? MeasuredOn { get; init; }

    /// <summary>The runtime that ran them, for example <c>ONNX Runtime 1.31.0</c>; null where nobody wrote it down.</summary>
    public string? Runtime { get; init; }

    /// <summary>Which of the CUDA engine's own kernels ran them, by the first digits of their image's SHA-256; null where none did, or nobody wrote it down.</summary>
    public string? Kernels { get; init; }

    /// <summary>Most tokens of a pair.</summary>
    public required int MaxPairTokens { get; init; }

    /// <summary>Most pairs of a batch.</summary>
    public required int MaxBatchPairs { get; init; }

    /// <summary>Most tokens of a batch.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>Runs at once.</summary>
    public required int Lanes { get; init; }

    /// <summary>The measurements.</summary>
    public required CostTable Table { get; init; }

    /// <summary>
    /// Reads a file that <see cref="Save"/> wrote, or the bare table that an engine keeps beside it: that one names no limits, and
    /// its largest batch is taken for the largest that the engine runs. Null when it is neither.
    /// </summary>
    public static CardCosts? TryRead(Stream stream)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            var costs = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("table", out _)
                ? document.RootElement.Deserialize(CardCostsJson.Default.CardCosts)
                : document.RootElement.Deserialize(CostTableJson.Default.CostTable) is { } table ? FromTable(table) : null;
            return costs is not null && costs.IsSound ? costs : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it as JSON.</summary>
    public void Save(string path)
    {
        using var stream = File.Create(path);
        JsonSerializer.Serialize(stream, this, CardCostsJson.Default.CardCosts);
    }

    private bool IsSound => HasSoundPoints(Table)
        && MaxPairTokens is > 0 and <= MostTokensOfPair && MaxBatchPairs is > 0 and <= MostPairs && MaxBatchTokens >= MaxPairTokens && Lanes > 0;

    private static bool HasSoundPoints(CostTable table) => table.Points.Count > 0 && table.Points.All(p =>
        p is { Rows: > 0 and <= MostPairs, Length: > 0 and <= MostTokensOfPair, Microseconds: > 0 }
            && (long)p.Rows * p.Length <= int.MaxValue && double.IsFinite(p.Microseconds));

    private static CardCosts? FromTable(CostTable table) => !HasSoundPoints(table) ? null : new CardCosts
    {
        Device = "unnamed",
        Model = "unnamed",
        Precision = "unnamed",
        Provider = table.Form == CostForm.Padded ? "an engine that pads" : "an engine",
        MaxPairTokens = table.Points.Max(p => p.Length),
        MaxBatchPairs = Math.Min(UnknownMaxPairs, table.Points.Max(p => p.Rows)),
        MaxBatchTokens = table.Points.Max(p => p.Rows * p.Length),
        Lanes = 1,
        Table = table,
    };
}

/// <summary>How the costs of a card look on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CardCosts))]
internal sealed partial class CardCostsJson : JsonSerializerContext;
