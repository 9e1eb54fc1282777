using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Json;

/// <summary>Reads pairs of texts: one as a list of two strings, or several as a list of such lists.</summary>
internal static class PairListReader
{
    private const string Expected = "a pair of strings, or a list of pairs";

    /// <summary>The two sides of the pairs of a field, in order.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="name">Name of the field.</param>
    /// <param name="max">Most pairs; reading stops at the first one above.</param>
    /// <param name="isList">Whether it is a list of pairs, which may have one.</param>
    public static (string[] First, string[] Second) ReadPairs(this JsonFields fields, string name, int max, out bool isList)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' is missing.", name));
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw FieldConversions.CreateWrongType(name, Expected);
        }

        var inner = reader;
        inner.Read();
        isList = inner.TokenType != JsonTokenType.String;
        if (!isList)
        {
            var (query, text) = ReadPair(ref reader, name, index: null);
            return ([query], [text]);
        }

        List<string> first = [], second = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (first.Count == max)
            {
                throw new RequestFormatException(GatewayError.CreateTooManyPassages(name, max));
            }

            var (query, text) = ReadPair(ref reader, name, first.Count);
            first.Add(query);
            second.Add(text);
        }

        return first.Count > 0 ? ([.. first], [.. second]) : throw new RequestFormatException(GatewayError.CreateNoPassages(name));
    }

    private static (string First, string Second) ReadPair(ref Utf8JsonReader reader, string name, int? index)
    {
        var isPair = reader.TokenType == JsonTokenType.StartArray;
        var first = isPair ? ReadText(ref reader) : null;
        var second = first is null ? null : ReadText(ref reader);
        return first is not null && second is not null && reader.Read() && reader.TokenType == JsonTokenType.EndArray
            ? (first, second)
            : throw FieldConversions.CreateWrongType(index is null ? name : $"{name}[{index}]", index is null ? Expected : "a pair of strings");
    }

    private static string? ReadText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? JsonText.Read(ref reader) : null;
}
