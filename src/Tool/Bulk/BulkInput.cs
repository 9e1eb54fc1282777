using System.Runtime.CompilerServices;
using System.Text.Json;
using Reranker.Tool.Input;

namespace Reranker.Tool.Bulk;

/// <summary>The lines of a batch's file.</summary>
internal static class BulkInput
{
    // As many as keep a server busy that scores some of a call at once; few enough that it can keep their results while a client that
    // reads nothing before it has sent everything still sends.
    private const int MaxPartLines = 200;
    private const int MaxPartCharacters = 1024 * 1024;

    private static readonly string[] Ids = ["custom_id", "id"];

    /// <summary>Counts the lines that are not empty, and how many of them have scores already.</summary>
    /// <exception cref="InputException">Two lines have one name: their results could not be told apart.</exception>
    public static async Task<(long Total, long Done)> CountLinesAsync(string path, HashSet<string> done, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long total = 0, ended = 0;
        await foreach (var line in ReadLinesAsync(path, cancellationToken))
        {
            total++;
            ended += done.Contains(line.Name) ? 1 : 0;
            if (!names.Add(line.Name))
            {
                throw new InputException($"{path}: line {line.Number} has the custom_id of an earlier line");
            }
        }

        return (total, ended);
    }

    /// <summary>The lines that are missing, in parts of one call each.</summary>
    public static async IAsyncEnumerable<List<BulkLineOfFile>> ReadPartsAsync(
        string path, IReadOnlySet<string> done, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var part = new List<BulkLineOfFile>();
        var characters = 0;
        await foreach (var line in ReadLinesAsync(path, cancellationToken))
        {
            if (done.Contains(line.Name))
            {
                continue;
            }

            if (part.Count == MaxPartLines || (part.Count > 0 && characters + line.Text.Length > MaxPartCharacters))
            {
                yield return part;
                (part, characters) = ([], 0);
            }

            part.Add(line);
            characters += line.Text.Length;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static async IAsyncEnumerable<BulkLineOfFile> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long line = 0;
        await foreach (var text in File.ReadLinesAsync(path, cancellationToken))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return new BulkLineOfFile(line, BulkLineOfFile.NameLine(FindId(text), line), text);
            }
        }
    }

    // A line that is no JSON has no name; the server says what is wrong with it.
    private static string? FindId(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var name in Ids)
                {
                    if (document.RootElement.TryGetProperty(name, out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                    {
                        return id.ToString();
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a name that is no text: half of a surrogate pair.
        }

        return null;
    }
}
