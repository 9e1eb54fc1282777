using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Inference.Models;

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

    /// <summary>Reads a table that <see cref="Save"/> wrote; null when there is none, or one of another key or format.</summary>
    public static CostTable? TryLoad(string path, string key)
    {
        if (PlainFile.FindLength(path) == 0)
        {
            return null;
        }

        try
        {
            using var stream = PlainFile.OpenRead(path);
            var table = JsonSerializer.Deserialize(stream, CostTableJson.Default.CostTable);
            return table is not null && table.Key == key && table.Points.Count > 0 ? table : null;
        }
        catch (JsonException)
        {
            // A cut or foreign file costs a new measurement, nothing else.
            return null;
        }
    }

    /// <summary>Writes the table as JSON, whole or not at all.</summary>
    public void Save(string path)
    {
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        using (var stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, this, CostTableJson.Default.CostTable);
        }

        File.Move(temporary, path, overwrite: true);
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
