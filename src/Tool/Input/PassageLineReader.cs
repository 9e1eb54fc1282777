using System.Text.Json;

namespace Reranker.Tool.Input;

/// <summary>
/// Reads passages from lines: each line is one passage, or a JSON object with a string field <c>text</c>. Blank lines are
/// passed over.
/// </summary>
internal static class PassageLineReader
{
    private const string Advice = "--format text reads lines as they are";

    /// <summary>Reads all passages.</summary>
    /// <param name="reader">The lines.</param>
    /// <param name="format">What they are; <see cref="PassageFormat.Auto"/> looks at the first that is not blank.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InputException">A line of a JSONL input is no such object, or the first line could be meant as one and is none.</exception>
    public static async Task<IReadOnlyList<Passage>> ReadPassagesAsync(TextReader reader, PassageFormat format, CancellationToken cancellationToken)
    {
        var passages = new List<Passage>();
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (format == PassageFormat.Auto)
            {
                format = RecognizeFormat(line, number);
            }

            passages.Add(new Passage(format == PassageFormat.Jsonl ? ReadText(line, number) : line, number));
        }

        return passages;
    }

    private static PassageFormat RecognizeFormat(string line, int number)
    {
        var start = line.AsSpan().Trim();
        if (start[0] != '{')
        {
            return PassageFormat.Text;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return PassageFormat.Jsonl;
        }
        catch (JsonException e)
        {
            // Damaged JSON must not be scored as text, and braces around anything else are text.
            return start[1..].TrimStart() is ['"', ..]
                ? throw new InputException($"line {number} begins as a JSON object and is none; {Advice}", e)
                : PassageFormat.Text;
        }
    }

    private static string ReadText(string line, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("text", out var text)
                && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : throw new InputException($"line {number} has no string field 'text'; {Advice}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException($"line {number} is no valid JSON object", e);
        }
    }
}
