using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Onnx.Verification;

/// <summary>One query of a ranking set, with its candidates and the one that is relevant.</summary>
public sealed record RankingQuery
{
    /// <summary>The set that the query belongs to; results are given by set.</summary>
    public required string Set { get; init; }

    /// <summary>Language code of the query, for people.</summary>
    public string? Lang { get; init; }

    /// <summary>The query.</summary>
    public required string Query { get; init; }

    /// <summary>The candidates.</summary>
    public required IReadOnlyList<string> Documents { get; init; }

    /// <summary>Index of the relevant candidate.</summary>
    public required int Relevant { get; init; }

    /// <summary>Reads JSON lines, plain or compressed (<c>.gz</c>, <c>.br</c>).</summary>
    /// <exception cref="InvalidDataException">A line is no such query; the message has its number and not its text.</exception>
    public static async IAsyncEnumerable<RankingQuery> ReadAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        await using Stream stream = Path.GetExtension(path) switch
        {
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            ".br" => new BrotliStream(file, CompressionMode.Decompress),
            _ => file,
        };
        using var reader = new StreamReader(stream);
        var number = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (line.Length > 0)
            {
                yield return ParseLine(path, line, number);
            }
        }
    }

    private static RankingQuery ParseLine(string path, string line, int number)
    {
        RankingQuery? query = null;
        try
        {
            query = JsonSerializer.Deserialize(line, RankingJson.Default.RankingQuery);
        }
        catch (JsonException)
        {
            // Reported below: the exception quotes the text.
        }

        return query is not null && query.Relevant >= 0 && query.Relevant < query.Documents.Count
            ? query
            : throw new InvalidDataException($"{path}: line {number} is no query with documents and the index of the relevant one.");
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RankingQuery))]
internal sealed partial class RankingJson : JsonSerializerContext;
