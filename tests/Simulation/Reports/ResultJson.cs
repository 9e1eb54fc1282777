using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Simulation.Reports;

/// <summary>Results for programs.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<SimulationResult>))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>Writes them to a file.</summary>
    public static void Write(string path, IReadOnlyList<SimulationResult> results)
        => File.WriteAllText(path, JsonSerializer.Serialize(results, Default.IReadOnlyListSimulationResult));
}
