using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.OrderComparison.Reports;

/// <summary>Results for programs.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<ComparedRun>))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>Writes them to a file.</summary>
    public static void Write(string path, IReadOnlyList<ComparedRun> runs)
        => File.WriteAllText(path, JsonSerializer.Serialize(runs, Default.IReadOnlyListComparedRun));
}
