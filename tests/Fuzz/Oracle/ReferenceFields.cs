using System.Globalization;

namespace Reranker.Fuzz.Oracle;

/// <summary>Reads fields as docs/http.md says they may be written. Collects what is wrong instead of ending at the first.</summary>
internal sealed class ReferenceFields(JsonValue body)
{
    /// <summary>Statuses of a list without entries.</summary>
    public bool HasEmptyList { get; private set; }

    /// <summary>Whether a field is missing, wrong or out of range.</summary>
    public bool HasWrongField { get; private set; }

    public JsonValue? this[string name] => body[name];

    public string? Text(string name) => body[name] switch
    {
        null => null,
        { Kind: JsonKind.Text } value => value.Text,
        _ => Wrong<string?>(null),
    };

    public bool? Boolean(string name) => body[name] switch
    {
        null => null,
        { Kind: JsonKind.Boolean } value => value.Text == "true",
        { Kind: JsonKind.Text } value when bool.TryParse(value.Text, out var parsed) => parsed,
        { Kind: JsonKind.Number, Text: "0" or "-0" } => false,
        { Kind: JsonKind.Number, Text: "1" } => true,
        _ => Wrong<bool?>(null),
    };

    /// <summary>A whole number, clamped to 32 bits.</summary>
    public int? Integer(string name)
    {
        if (body[name] is not { } value)
        {
            return null;
        }

        var number = value.Kind switch
        {
            JsonKind.Number => value.Number,
            JsonKind.Text when value.Text.Any(char.IsAsciiDigit)
                && double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => double.NaN,
        };
        return double.IsNaN(number) || (double.IsFinite(number) && Math.Floor(number) != number)
            ? Wrong<int?>(null)
            : (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }

    public int? Count(string name) => Integer(name) is < 0 ? Wrong<int?>(null) : Integer(name);

    public int? Limit(string name) => Count(name) is > 0 and var value ? value : null;

    /// <summary>Whether the end is kept, which means that the left side is cut.</summary>
    public bool? IsLeft(string name) => Text(name)?.ToUpperInvariant() switch
    {
        null => null,
        "LEFT" => true,
        "RIGHT" => false,
        _ => Wrong<bool?>(null),
    };

    /// <summary>The query, where it is allowed as an object with its text.</summary>
    public string Query(bool allowObjects = false)
    {
        var query = allowObjects && body["query"] is { Kind: JsonKind.Object } value ? Passage(value, []) : Text("query");
        return string.IsNullOrWhiteSpace(query) ? Wrong("") : query;
    }

    public string[] RankFields()
    {
        const int Most = 64;
        return body["rank_fields"] switch
        {
            null => [],
            { Kind: JsonKind.List, Items.Count: <= Most } list when list.Items.All(static item => item.Kind == JsonKind.Text) =>
                [.. list.Items.Select(static item => item.Text)],
            _ => Wrong<string[]>([]),
        };
    }

    public string[] Passages(string name, string[]? rankFields)
    {
        if (body[name] is not { Kind: JsonKind.List } list)
        {
            return Wrong<string[]>([]);
        }

        HasEmptyList |= list.Items.Count == 0;
        return [.. list.Items.Select(item => Passage(item, rankFields))];
    }

    /// <summary>One text, a list of them, or an object with a list of parts that are texts of their own.</summary>
    public string[] TextList(string name)
    {
        switch (body[name])
        {
            case { Kind: JsonKind.List }:
                return Passages(name, []);
            case { Kind: JsonKind.Text } text:
                return [text.Text];
            case { Kind: JsonKind.Object } value when value["content"] is { Kind: JsonKind.List } parts:
                return Parts(parts);
            case { Kind: JsonKind.Object } value:
                return [Passage(value, [])];
            default:
                return Wrong<string[]>([""]);
        }
    }

    /// <summary>A pair of texts, or a list of pairs.</summary>
    public (List<(string First, string Second)> Pairs, bool IsList) Pairs(string name)
    {
        if (body[name] is not { Kind: JsonKind.List } list)
        {
            return (Wrong<List<(string, string)>>([]), false);
        }

        if (list.Items.Count > 0 && list.Items[0].Kind == JsonKind.Text)
        {
            return ([Pair(list)], false);
        }

        HasEmptyList |= list.Items.Count == 0;
        return ([.. list.Items.Select(Pair)], true);
    }

    private (string First, string Second) Pair(JsonValue item) => item.Kind == JsonKind.List && item.Items.Count == 2 && item.Items.All(static text => text.Kind == JsonKind.Text)
        ? (item.Items[0].Text, item.Items[1].Text)
        : Wrong(("q", ""));

    public T Wrong<T>(T value)
    {
        HasWrongField = true;
        return value;
    }

    private string Passage(JsonValue item, string[]? rankFields)
    {
        if (item.Kind == JsonKind.Text)
        {
            return item.Text;
        }

        if (item.Kind != JsonKind.Object || rankFields is null)
        {
            return Wrong("");
        }

        if (rankFields.Length == 0)
        {
            // A wrong one is wrong also where the other one is taken.
            var (text, content) = (OfObject(item, "text", scalars: false), Content(item));
            return text ?? content ?? Wrong("");
        }

        var values = rankFields.Distinct().Select(field => (Name: field, Value: OfObject(item, field, scalars: true))).Where(static v => v.Value is not null).ToArray();
        return values.Length == 0 ? Wrong("")
            : rankFields.Length == 1 ? values[0].Value!
            : string.Join('\n', values.Select(static v => $"{v.Name}: {v.Value}"));
    }

    private string? Content(JsonValue item) =>
        item["content"] is { Kind: JsonKind.List } parts ? string.Join('\n', Parts(parts)) : OfObject(item, "content", scalars: false);

    private string[] Parts(JsonValue parts) =>
        parts.Items.Count == 0 ? Wrong<string[]>([""]) : [.. parts.Items.Select(Part)];

    private string Part(JsonValue part)
    {
        if (part.Kind == JsonKind.Text)
        {
            return part.Text;
        }

        var types = part.Fields.Where(static field => field.Name == "type").ToArray();
        var isText = part.Kind == JsonKind.Object && (types.Length == 0 || types[^1].Value is { Kind: JsonKind.Text, Text: "text" });
        return isText && part["text"] is { Kind: JsonKind.Text } text ? text.Text : Wrong("");
    }

    private string? OfObject(JsonValue item, string name, bool scalars) => item[name] switch
    {
        null => null,
        { Kind: JsonKind.Text } value => value.Text,
        { Kind: JsonKind.Number or JsonKind.Boolean } value when scalars => value.Text,
        _ => Wrong<string?>(null),
    };
}
