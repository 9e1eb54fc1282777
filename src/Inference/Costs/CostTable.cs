using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Inference.Costs;

/// <summary>
/// Measured times of an engine on a grid of uniform batches. Small, readable, and worth keeping beside a built engine:
/// <see cref="Key"/> says for what it was measured.
/// </summary>
public sealed record CostTable
{
    /// <summary>Names model, device, runtime and limits; a table with another key is measured anew.</summary>
    public required string Key { get; init; }

    /// <summary>How times of other batches follow from the points.</summary>
    public required CostForm Form { get; init; }

    /// <summary>The measurements, in any order; one or more.</summary>
    public required IReadOnlyList<CostPoint> Points { get; init; }

    /// <summary>SHA-256 of key and points where <see cref="Save"/> wrote the table: a time that was damaged looks like any other.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sha256 { get; init; }

    /// <summary>Reads a table that <see cref="Save"/> wrote; null when there is none that can be read, or one of another key or format.</summary>
    public static CostTable? TryLoad(string path, string key)
    {
        try
        {
            using var stream = WholeFile.TryOpen(path);
            var table = stream is null ? null : JsonSerializer.Deserialize(stream, CostTableJson.Default.CostTable);
            return table is not null && table.Key == key && table.IsWhole ? table with { Sha256 = null } : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // A file that is cut, foreign or somebody else's costs a new measurement, nothing else.
            return null;
        }
    }

    /// <summary>Writes the table as JSON, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is there still.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path) => WholeFile.WriteFile(
        path, stream => JsonSerializer.Serialize(stream, this with { Sha256 = ComputeHash() }, CostTableJson.Default.CostTable));

    // Tables that an earlier release wrote have no hash.
    private bool IsWhole => Points.Count > 0
        && Points.All(p => p is { Rows: > 0, Length: > 0, Microseconds: > 0 } && double.IsFinite(p.Microseconds))
        && (Sha256 is null || Sha256 == ComputeHash());

    private string ComputeHash()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Key}\n{Form}\n");
        foreach (var point in Points)
        {
            text.Append(CultureInfo.InvariantCulture, $"{point.Rows} {point.Length} {point.Microseconds:R}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>The time of one uniform batch.</summary>
/// <param name="Rows">Pairs.</param>
/// <param name="Length">Tokens of each pair.</param>
/// <param name="Microseconds">Median time of a run.</param>
public readonly record struct CostPoint(int Rows, int Length, double Microseconds);

/// <summary>How a cost table looks on disk.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CostTable))]
internal sealed partial class CostTableJson : JsonSerializerContext;
