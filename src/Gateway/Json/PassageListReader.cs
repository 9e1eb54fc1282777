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
    /// <param name="refuseImages">Whether an object with an image beside its text is an error, where that would be scored elsewhere.</param>
    /// <param name="objects">Gets the JSON of each object, and null for each string; null for no copies.</param>
    public static string[] ReadPassages(
        this JsonFields fields, string name, string[]? rankFields, bool allowObjects, int max, bool refuseImages = false, List<byte[]?>? objects = null)
    {
        if (!fields.TryOpenCursor(name, out var cursor))
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' is missing.", name));
        }

        if (!cursor.TrySkipToken((byte)'['))
        {
            throw FieldConversions.CreateWrongType(name, "a list");
        }

        var passages = new List<string>();
        while (!cursor.TrySkipToken((byte)']'))
        {
            if (passages.Count == max)
            {
                throw new RequestFormatException(GatewayError.CreateTooManyPassages(name, max));
            }

            var isObject = cursor.PeekToken() == '{';
            var start = cursor.Position;
            passages.Add(cursor.ReadString()
                ?? (isObject && allowObjects
                    ? ReadObjectText(ref cursor, name, passages.Count, rankFields, refuseImages)
                    : throw FieldConversions.CreateWrongType($"{name}[{passages.Count}]", allowObjects ? "a string or an object with 'text'" : "a string")));
            objects?.Add(isObject ? fields.CopyBytes(name, start, cursor.Position) : null);
            cursor.TrySkipToken((byte)',');
        }

        return passages.Count > 0
            ? [.. passages]
            : throw new RequestFormatException(GatewayError.CreateNoPassages(name));
    }

    /// <summary>A text by itself: a string, or an object with its text in <c>text</c> or <c>content</c>; null when absent.</summary>
    public static string? ReadTextOrObject(this JsonFields fields, string name)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            return null;
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => JsonText.Read(ref reader),
            JsonTokenType.StartObject => ReadObjectText(ref reader, name, index: null, rankFields: null),
            _ => throw FieldConversions.CreateWrongType(name, "a string or an object with 'text'"),
        };
    }

    /// <summary>
    /// The texts of a field that is a text, a list of them, or an object whose <c>content</c> is a list of parts, each a text of its own.
    /// </summary>
    public static string[] ReadTextList(this JsonFields fields, string name, int max)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' is missing.", name));
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartArray => fields.ReadPassages(name, rankFields: null, allowObjects: true, max, refuseImages: true),
            JsonTokenType.String => [JsonText.Read(ref reader)],
            JsonTokenType.StartObject => ReadObjectTexts(ref reader, name, max),
            _ => throw FieldConversions.CreateWrongType(name, "a string, an object with 'content', or a list of them"),
        };
    }

    private static string[] ReadObjectTexts(ref Utf8JsonReader reader, string name, int max)
    {
        var start = reader;
        List<string>? parts = null;
        string? wrong = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = JsonText.Read(ref reader) == "content";
            reader.Read();
            (parts, wrong) = (isContent, reader.TokenType) switch
            {
                (false, _) => (parts, wrong),
                (true, JsonTokenType.StartArray) => (ContentParts.ReadTexts(ref reader, out var why), why),
                _ => (null, null),
            };
            reader.Skip();
        }

        return parts switch
        {
            null => [ReadObjectText(ref start, name, index: null, rankFields: null)],
            _ when wrong is not null => throw FieldConversions.CreateWrongType($"{name}.content", wrong),
            { Count: var count } when count > max => throw new RequestFormatException(GatewayError.CreateTooManyPassages(name, max)),
            _ => [.. parts],
        };
    }

    private static string ReadObjectText(ref JsonCursor cursor, string list, int index, string[]? rankFields, bool refuseImages)
    {
        var reader = new Utf8JsonReader(cursor.Rest);
        reader.Read();
        var text = ReadObjectText(ref reader, list, index, rankFields, refuseImages);
        cursor.Skip(reader.BytesConsumed);
        return text;
    }

    private static string ReadObjectText(ref Utf8JsonReader reader, string list, int? index, string[]? rankFields, bool refuseImages = false)
    {
        var wanted = rankFields ?? TextFields;
        var found = new (string? Text, string? Wrong)[wanted.Length];
        string? image = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            var position = Array.IndexOf(wanted, name);
            reader.Read();
            image = (name is "image" or "image_url") && reader.TokenType != JsonTokenType.Null ? name : image;

            if (position >= 0)
            {
                // Only the last field of a name counts, so whether a wrong one does is not known yet.
                found[position] = reader.TokenType switch
                {
                    JsonTokenType.String => (JsonText.Read(ref reader), null),
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False when rankFields is not null =>
                        (JsonText.Read(ref reader), null),
                    JsonTokenType.Null => (null, null),
                    JsonTokenType.StartArray when rankFields is null && wanted[position] == "content" => JoinParts(ref reader),
                    _ => (null, "a string"),
                };
            }

            reader.Skip();
        }

        var wrong = Array.FindIndex(found, static value => value.Wrong is not null);
        if (wrong >= 0)
        {
            throw FieldConversions.CreateWrongType($"{NameEntry(list, index)}.{wanted[wrong]}", found[wrong].Wrong!);
        }

        var texts = Array.ConvertAll(found, static value => value.Text);
        var text = refuseImages && image is not null ? null : rankFields is { Length: > 1 } ? JoinRankFields(wanted, texts) : Array.Find(texts, static value => value is not null);
        return text ?? throw new RequestFormatException(GatewayError.CreateInvalid(
            image is not null
                ? $"'{NameEntry(list, index)}.{image}' is not scored: the model reads text alone."
                : $"'{NameEntry(list, index)}' has none of the fields {string.Join(", ", wanted.Select(field => $"'{field}'"))}.",
            list));
    }

    private static string NameEntry(string list, int? index) => index is null ? list : $"{list}[{index}]";

    private static (string? Text, string? Wrong) JoinParts(ref Utf8JsonReader reader)
    {
        var texts = ContentParts.ReadTexts(ref reader, out var wrong);
        return (string.Join('\n', texts), wrong);
    }

    /// <summary>The fields that are there as <c>name: value</c> lines, in the order of the ranking fields.</summary>
    private static string? JoinRankFields(string[] names, string?[] values)
    {
        var lines = names.Zip(values).Where(static pair => pair.Second is not null).Select(static pair => $"{pair.First}: {pair.Second}");
        var text = string.Join('\n', lines);
        return text.Length == 0 ? null : text;
    }
}
