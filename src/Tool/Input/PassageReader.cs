using System.Text.Json;

namespace Reranker.Tool.Input;

/// <summary>
/// Reads passages from lines: each line is one passage, or, where the first line that is not blank starts with
/// <c>{</c>, a JSON object with a string field <c>text</c>. Blank lines are passed over.
/// </summary>
internal static class PassageReader
{
    /// <summary>Reads all passages.</summary>
    /// <exception cref="InputException">A line of a JSONL input is no such object.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var passages = new List<string>();
        bool? json = null;
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            json ??= line.TrimStart().StartsWith('{');
            passages.Add(json.Value ? TextOf(line, number) : line);
        }

        return passages;
    }

    private static string TextOf(string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new InputException($"line {number} has no string field 'text'");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException($"line {number} is no valid JSON object", e);
        }
    }
}
