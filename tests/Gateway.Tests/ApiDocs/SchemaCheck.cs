using System.Text.Json;

namespace Reranker.Gateway.Tests.ApiDocs;

/// <summary>Holds a value against a schema of the document: types, required fields, and that no field is there that nothing describes.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    public void AssertFits(JsonElement schema, JsonElement value, string where)
    {
        var fault = FindFault(schema, value, "$");
        Assert.True(fault is null, $"{where}: {fault} in {value}");
    }

    private string? FindFault(JsonElement schema, JsonElement value, string path)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("anyOf", out var choices))
        {
            var faults = choices.EnumerateArray().Select(choice => FindFault(choice, value, path)).ToArray();
            return faults.Contains(null) ? null : string.Join("; or ", faults);
        }

        if (schema.TryGetProperty("const", out var wanted))
        {
            return JsonElement.DeepEquals(wanted, value) ? null : $"{path} is not {wanted}";
        }

        if (schema.TryGetProperty("type", out var type) && !FitsType(type, value))
        {
            return $"{path} is no {type}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => FindFieldFault(schema, value, path),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) =>
                value.EnumerateArray().Select((item, index) => FindFault(items, item, $"{path}[{index}]")).FirstOrDefault(static fault => fault is not null),
            _ => null,
        };
    }

    private string? FindFieldFault(JsonElement schema, JsonElement value, string path)
    {
        var fields = ListFields(schema).ToDictionary(static field => field.Name, static field => field.Value);
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(static name => name.GetString()!).Where(name => !value.TryGetProperty(name, out _)).ToArray()
            : [];
        return missing.Length > 0 ? $"{path} has no {string.Join(", ", missing)}"
            : fields.Count == 0 ? null
            : value.EnumerateObject()
                .Select(field => fields.TryGetValue(field.Name, out var own) ? FindFault(own, field.Value, $"{path}.{field.Name}") : $"nothing describes {path}.{field.Name}")
                .FirstOrDefault(static fault => fault is not null);
    }

    private IEnumerable<JsonProperty> ListFields(JsonElement schema)
    {
        schema = Resolve(schema);
        var own = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToArray() : [];
        return schema.TryGetProperty("allOf", out var parts) ? own.Concat(parts.EnumerateArray().SelectMany(ListFields)) : own;
    }

    private JsonElement Resolve(JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? reference.GetString()![2..].Split('/').Aggregate(document, static (part, name) => part.GetProperty(name))
        : schema;

    private static bool FitsType(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => FitsType(one, value))
        : (type.GetString(), value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
            _ => false,
        };
}
