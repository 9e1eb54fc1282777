using System.Text.Json;

namespace Reranker.Onnx.Verification.Ranking;

/// <summary>Says what is wrong with a line that is no <see cref="RankingQuery"/>, in words that have nothing of its text.</summary>
internal static class RankingLineFault
{
    /// <summary>Finds the first fault.</summary>
    public static string Find(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object ? FindInObject(json.RootElement) : "it is no JSON object";
        }
        catch (JsonException)
        {
            return "it is no JSON";
        }
        catch (InvalidOperationException)
        {
            return "it has half of a surrogate pair, which no text has";
        }
    }

    private static string FindInObject(JsonElement line)
    {
        foreach (var name in new[] { "set", "query" })
        {
            if (FindMember(line, name) is not { ValueKind: JsonValueKind.String } text)
            {
                return $"'{name}' is no text";
            }

            text.GetString();
        }

        if (FindMember(line, "lang") is { ValueKind: not (JsonValueKind.String or JsonValueKind.Null) })
        {
            return "'lang' is no text";
        }

        return FindMember(line, "documents") is { ValueKind: JsonValueKind.Array } documents && documents.GetArrayLength() > 0
            && documents.EnumerateArray().All(d => d.ValueKind == JsonValueKind.String && d.GetString() is not null)
            ? FindInRelevant(FindMember(line, "relevant"), documents.GetArrayLength())
            : "'documents' is no list of texts";
    }

    private static string FindInRelevant(JsonElement? relevant, int documents)
    {
        JsonElement[] indexes = relevant switch
        {
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
            { } one => [one],
            null => [],
        };
        if (relevant is null || indexes.Any(i => i.ValueKind != JsonValueKind.Number || !i.TryGetInt32(out _)))
        {
            return "'relevant' is no index and no list of indexes";
        }

        var beyond = indexes.Select(i => i.GetInt32()).Where(i => i < 0 || i >= documents).Take(1).ToList();
        return beyond.Count > 0 ? $"'relevant' has {beyond[0]}, and the documents are 0 to {documents - 1}"
            : indexes.Length == 0 ? "'relevant' is empty"
            : "'relevant' has an index twice";
    }

    // In any case, as the reader takes names; of one that stands twice the last counts there.
    private static JsonElement? FindMember(JsonElement line, string name)
        => line.EnumerateObject().Where(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(m => (JsonElement?)m.Value).LastOrDefault();
}
