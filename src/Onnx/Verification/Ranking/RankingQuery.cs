using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Verification.Ranking;

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

    /// <summary>Indexes of the relevant candidates; a line may also have a single number.</summary>
    [JsonConverter(typeof(RelevantConverter))]
    public required IReadOnlyList<int> Relevant { get; init; }

    /// <summary>Reads JSON lines, plain or compressed (<c>.gz</c>, <c>.br</c>).</summary>
    /// <exception cref="InvalidDataException">A line is no such query; the message has its number and not its text.</exception>
    public static async IAsyncEnumerable<RankingQuery> ReadAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var file = PlainFile.OpenRead(path);
        await using Stream stream = Path.GetExtension(path) switch
        {
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            ".br" => new BrotliStream(file, CompressionMode.Decompress),
            _ => file,
        };
        await foreach (var query in ReadAsync(stream, path, mayHaveNone: false, cancellationToken))
        {
            yield return query;
        }
    }

    /// <summary>Reads JSON lines.</summary>
    /// <param name="stream">The lines.</param>
    /// <param name="path">What errors call them.</param>
    /// <param name="mayHaveNone">Whether a query may have no relevant candidate. It has no ranking to measure then.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A line is no such query; the message has its number and not its text.</exception>
    public static async IAsyncEnumerable<RankingQuery> ReadAsync(
        Stream stream, string path, bool mayHaveNone, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(stream);
        var number = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            number++;
            if (line.Length > 0)
            {
                yield return ParseLine(path, line, number, mayHaveNone);
            }
        }
    }

    private static RankingQuery ParseLine(string path, string line, int number, bool mayHaveNone)
    {
        RankingQuery? query = null;
        string? wrong = null;
        try
        {
            query = JsonSerializer.Deserialize(line, RankingJson.Default.RankingQuery);
        }
        catch (JsonException e)
        {
            // Reported below: the exception quotes the text.
            wrong = JsonPlace.FindKnown(e, "set", "lang", "query", "documents", "relevant");
        }

        return query is not null && IsWhole(query) && (mayHaveNone || query.Relevant.Count > 0)
            ? query
            : throw new InvalidDataException(
                $"{path}: line {number} is no query with documents and {(mayHaveNone ? "a list of the relevant ones' indexes" : "the index of a relevant one")}{(wrong is null ? "" : $": {wrong} is of another kind")}.");
    }

    // The reader does not look into lists for what may not be null.
    private static bool IsWhole(RankingQuery query)
        => query.Documents.Count > 0
            && query.Documents.All(static document => (object?)document is not null)
            && query.Relevant.All(r => r >= 0 && r < query.Documents.Count)
            && query.Relevant.Distinct().Count() == query.Relevant.Count;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RankingQuery))]
internal sealed partial class RankingJson : JsonSerializerContext;

/// <summary>One index, or a list of them.</summary>
internal sealed class RelevantConverter : JsonConverter<IReadOnlyList<int>>
{
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return [reader.GetInt32()];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var indexes = new List<int>();
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            indexes.Add(reader.GetInt32());
        }

        return reader.TokenType == JsonTokenType.EndArray ? indexes : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var index in value)
        {
            writer.WriteNumberValue(index);
        }

        writer.WriteEndArray();
    }
}
