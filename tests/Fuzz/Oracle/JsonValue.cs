using System.Globalization;

namespace Reranker.Fuzz.Oracle;

/// <summary>A JSON value as it was read.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Text">A string's characters, else the token.</param>
/// <param name="Items">A list's values.</param>
/// <param name="Fields">An object's fields, in order; names may repeat.</param>
internal sealed record JsonValue(JsonKind Kind, string Text, IReadOnlyList<JsonValue> Items, IReadOnlyList<(string Name, JsonValue Value)> Fields)
{
    public JsonValue(JsonKind kind, string text)
        : this(kind, text, [], [])
    {
    }

    /// <summary>The last field of a name that is not null; null when there is none.</summary>
    public JsonValue? this[string name] =>
        Fields.LastOrDefault(field => field.Name == name).Value is { Kind: not JsonKind.Null } value ? value : null;

    public double Number => Kind == JsonKind.Number ? double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture) : double.NaN;

    /// <summary>Whether another value has the same tokens in the same order.</summary>
    public bool IsSame(JsonValue other) =>
        Kind == other.Kind && Text == other.Text
        && Items.Count == other.Items.Count && Items.Zip(other.Items).All(static pair => pair.First.IsSame(pair.Second))
        && Fields.Count == other.Fields.Count
        && Fields.Zip(other.Fields).All(static pair => pair.First.Name == pair.Second.Name && pair.First.Value.IsSame(pair.Second.Value));
}
