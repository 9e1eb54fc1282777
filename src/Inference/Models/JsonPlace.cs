using System.Text.Json;

namespace Reranker.Inference.Models;

/// <summary>Where a value is in a JSON document, for people.</summary>
internal static class JsonPlace
{
    private const string Root = "the document";
    private const string Lacking = "required properties including: ";

    /// <summary>The path of a value, such as <c>model.vocab[3][1]</c>.</summary>
    /// <param name="document">The document's own bytes.</param>
    /// <param name="value">Those of the value, in the same memory.</param>
    public static string Find(ReadOnlySpan<byte> document, ReadOnlySpan<byte> value)
    {
        if (!document.Overlaps(value, out var offset))
        {
            return "a value";
        }

        var reader = new Utf8JsonReader(document);
        var parts = new Stack<(string? Name, int Index)>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                parts.Pop();
                parts.Push((reader.GetString(), 0));
                continue;
            }

            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                parts.Pop();
                continue;
            }

            if (parts.TryPeek(out var part) && part.Name is null)
            {
                parts.Pop();
                parts.Push((null, part.Index + 1));
            }

            // A text's own bytes begin with its quotation mark, as its token does.
            if (reader.TokenStartIndex == offset)
            {
                return parts.Count == 0 ? Root : Write(parts);
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                parts.Push((reader.TokenType == JsonTokenType.StartObject ? "" : null, -1));
            }
        }

        return "a value";
    }

    /// <summary>The path that the serializer's own errors have, such as <c>$.shape.layers</c>, as <see cref="Find"/> writes it.</summary>
    public static string Write(string? path) => path is null or "$" or "" ? Root : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');

    /// <summary>What is wrong with a document that the serializer refused.</summary>
    public static string Describe(JsonException e)
    {
        var at = e.Message.IndexOf(Lacking, StringComparison.Ordinal);
        return at >= 0 ? $"{Write(e.Path)} lacks {e.Message[(at + Lacking.Length)..].Split(". ")[0].TrimEnd('.')}"
            : e.InnerException is JsonException ? $"it is no JSON from line {e.LineNumber + 1} on"
            : $"{Write(e.Path)} is of another kind than the one that is read there";
    }

    /// <summary>
    /// The place of a value that the serializer refused, for a document whose content must not be told: null where its path names what is not
    /// among the given members, or where the document is no JSON.
    /// </summary>
    public static string? FindKnown(JsonException e, params ReadOnlySpan<string> members)
    {
        var place = Write(e.Path);
        var first = place.Split('[', '.')[0];
        foreach (var member in members)
        {
            if (string.Equals(member, first, StringComparison.OrdinalIgnoreCase) && e.InnerException is not JsonException)
            {
                return $"{member}{place[first.Length..]}";
            }
        }

        return null;
    }

    /// <summary>A kind of value for people.</summary>
    public static string DescribeKind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static string Write(IEnumerable<(string? Name, int Index)> innermostFirst)
    {
        var path = string.Concat(innermostFirst.Reverse().Select(p => p.Name is null ? $"[{p.Index}]" : $".{p.Name}"));
        return path.TrimStart('.');
    }
}
