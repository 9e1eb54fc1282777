using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Files;

namespace Reranker.Client.Scores;

/// <summary>Score maps as files.</summary>
internal static class ScoreMapFile
{
    // A map has a few hundred bytes. What is larger is another file.
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads one; either it or the sentence that says why not is there.</summary>
    public static (ScoreMap? Map, string? Fault) ReadMap(string path)
    {
        try
        {
            if (RegularFile.TryReadBytes(path, MaxBytes, out var clause) is not { } content)
            {
                return (null, $"'{path}' {clause}");
            }

            var map = JsonSerializer.Deserialize(content, ScoreMapJson.Default.ScoreMap);
            return map is null ? (null, $"'{path}' is empty") : FindFault(map) is { } fault ? (null, $"'{path}' {fault}") : (map, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"'{path}' cannot be read: {e.Message.TrimEnd('.')}");
        }
        catch (JsonException e)
        {
            return (null, $"'{path}' is no score map, as 'reranker calibrate' writes it: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Reads several; a fault of any of them, or two of one model, is a fault of all.</summary>
    public static (IReadOnlyList<ScoreMap> Maps, string? Fault) ReadMaps(IEnumerable<string> paths)
    {
        var maps = new List<ScoreMap>();
        foreach (var path in paths)
        {
            var (map, fault) = ReadMap(path);
            if (map is null)
            {
                return ([], fault);
            }

            if (maps.Exists(m => m.Identity == map.Identity))
            {
                return ([], $"'{path}' is a second map of {map.Model} ({map.Identity})");
            }

            maps.Add(map);
        }

        return (maps, null);
    }

    /// <summary>The text of a file.</summary>
    public static string WriteMap(ScoreMap map) => JsonSerializer.Serialize(map, ScoreMapJson.Default.ScoreMap);

    private static string? FindFault(ScoreMap map)
        => map.Format != ScoreMap.CurrentFormat ? $"has format {map.Format}; this build reads {ScoreMap.CurrentFormat}"
            : map.Identity.Length != 64 || !map.Identity.All(char.IsAsciiHexDigitLower) ? "names no model identity"
            : !map.Curve.IsRising ? "has a curve that does not rise everywhere"
            : null;
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScoreMap))]
internal sealed partial class ScoreMapJson : JsonSerializerContext;
