using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Json;

/// <summary>Reads a list of passages: strings, or objects with their text in <c>text</c>, <c>content</c> or the fields that rank.</summary>
internal static class PassageListReader
{
    private static readonly string[] TextFields = ["text", "content"];

    /// <summary>The passages of a field, in order.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="name">Name of the list.</param>
    /// <param name="rankFields">Fields of an object to score, joined as <c>name: value</c> lines; null takes its text.</param>
    /// <param name="allowObjects">Whether objects are passages too.</param>
    /// <param name="max">Most passages; reading stops at the first one above.</param>
    public static string[] ReadPassages(this JsonFields fields, string name, string[]? rankFields, bool allowObjects, int max)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' is missing.", name));
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw FieldConversions.CreateWrongType(name, "a list");
        }

        var passages = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (passages.Count == max)
            {
                throw new RequestFormatException(GatewayError.CreateTooManyPassages(name, max));
            }

            passages.Add(reader.TokenType switch
            {
                JsonTokenType.String => JsonText.Read(ref reader),
                JsonTokenType.StartObject when allowObjects => ReadObjectText(ref reader, name, passages.Count, rankFields),
                _ => throw FieldConversions.CreateWrongType($"{name}[{passages.Count}]", allowObjects ? "a string or an object with 'text'" : "a string"),
            });
        }

        return passages.Count > 0
            ? [.. passages]
            : throw new RequestFormatException(GatewayError.CreateNoPassages(name));
    }

    private static string ReadObjectText(ref Utf8JsonReader reader, string list, int index, string[]? rankFields)
    {
        var wanted = rankFields ?? TextFields;
        var found = new (string? Text, bool IsWrong)[wanted.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var position = Array.IndexOf(wanted, JsonText.Read(ref reader));
            reader.Read();
            if (position >= 0)
            {
                found[position] = reader.TokenType switch
                {
                    JsonTokenType.String => (JsonText.Read(ref reader), false),
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False when rankFields is not null =>
                        (JsonText.Read(ref reader), false),
                    JsonTokenType.Null => (null, false),

                    // Only the last field of a name counts, so whether this one does is not known yet.
                    _ => (null, true),
                };
            }

            reader.Skip();
        }

        var wrong = Array.FindIndex(found, static value => value.IsWrong);
        if (wrong >= 0)
        {
            throw FieldConversions.CreateWrongType($"{list}[{index}].{wanted[wrong]}", "a string");
        }

        var texts = Array.ConvertAll(found, static value => value.Text);
        var text = rankFields is { Length: > 1 } ? JoinRankFields(wanted, texts) : Array.Find(texts, static value => value is not null);
        return text ?? throw new RequestFormatException(
            GatewayError.CreateInvalid($"'{list}[{index}]' has none of the fields {string.Join(", ", wanted.Select(field => $"'{field}'"))}.", list));
    }

    /// <summary>The fields that are there as <c>name: value</c> lines, in the order of the ranking fields.</summary>
    private static string? JoinRankFields(string[] names, string?[] values)
    {
        var lines = names.Zip(values).Where(static pair => pair.Second is not null).Select(static pair => $"{pair.First}: {pair.Second}");
        var text = string.Join('\n', lines);
        return text.Length == 0 ? null : text;
    }
}
