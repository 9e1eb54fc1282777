using System.Runtime.InteropServices;
using System.Text.Json;

namespace Reranker.Inference.Models;

/// <summary>
/// Reads values of the JSON files that a model has. A value of another kind than the one that is read is refused by its place in the
/// document, such as <c>model.vocab[3][1]</c>, which <see cref="JsonPlace"/> finds.
/// </summary>
public static class JsonMembers
{
    /// <summary>A text.</summary>
    /// <exception cref="JsonKindException">It is none.</exception>
    public static string ReadText(this JsonElement value)
        => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonKindException(value, "a text");

    /// <summary>A whole number of 32 bits.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static int ReadInteger(this JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw new JsonKindException(value, "a whole number");

    /// <summary>A whole number of 64 bits.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static long ReadLong(this JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw new JsonKindException(value, "a whole number");

    /// <summary>A number.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static double ReadNumber(this JsonElement value)
        => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw new JsonKindException(value, "a number");

    /// <summary>True or false.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static bool ReadSwitch(this JsonElement value)
        => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new JsonKindException(value, "true or false");

    /// <summary>The values of a list.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static IEnumerable<JsonElement> ListItems(this JsonElement list)
        => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new JsonKindException(list, "a list");

    /// <summary>The value at a place of a list.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static JsonElement GetItem(this JsonElement list, int index)
        => list.ValueKind == JsonValueKind.Array && index < list.GetArrayLength() ? list[index] : throw new JsonKindException(list, $"a list of {index + 1} or more");

    /// <summary>The members of an object.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static IEnumerable<JsonProperty> ListMembers(this JsonElement value)
        => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw new JsonKindException(value, "an object");

    /// <summary>A member that must be there.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static JsonElement GetMember(this JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : throw new JsonKindException(value, $"an object with '{name}'");

    /// <summary>A member that is there and not null.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static bool TryGetMember(this JsonElement value, string name, out JsonElement member)
        => value.ValueKind == JsonValueKind.Object
            ? value.TryGetProperty(name, out member) && member.ValueKind != JsonValueKind.Null
            : throw new JsonKindException(value, "an object");

    /// <summary>A text or null where the member is missing.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static string? FindText(this JsonElement value, string name) => value.TryGetMember(name, out var member) ? member.ReadText() : null;
}

/// <summary>A value in a JSON document is of another kind than the one that is read there.</summary>
/// <param name="value">The value.</param>
/// <param name="wanted">What is read.</param>
public sealed class JsonKindException(JsonElement value, string wanted) : Exception($"a value is {JsonPlace.DescribeKind(value.ValueKind)}; {wanted} is read there")
{
    /// <summary>What is wrong, with the value's place.</summary>
    /// <param name="root">The document that it is in.</param>
    public string Describe(JsonElement root)
        => $"{JsonPlace.Find(JsonMarshal.GetRawUtf8Value(root), JsonMarshal.GetRawUtf8Value(value))} is {JsonPlace.DescribeKind(value.ValueKind)}; {wanted} is read there";
}
