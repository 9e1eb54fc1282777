using System.Text.Json.Nodes;

namespace Reranker.Gateway.ApiDocs;

/// <summary>The written parts of the description: what is there on every path, dialects by their names, other operations by theirs.</summary>
internal sealed class ApiParts
{
    private readonly JsonObject _document = ReadPart("document");
    private readonly JsonObject _dialects = ReadPart("dialects");
    private readonly JsonObject _operations = ReadPart("operations");

    /// <summary>A document without paths.</summary>
    public JsonObject CopyDocument() => Copy(_document);

    /// <summary>What is said of a dialect.</summary>
    public JsonObject CopyDialect(string name) => CopyPart(_dialects, name);

    /// <summary>An operation in OpenAPI's form.</summary>
    public JsonObject CopyOperation(string name) => CopyPart(_operations, name);

    private static JsonObject CopyPart(JsonObject parts, string name) =>
        parts[name] is JsonObject part ? Copy(part) : throw new InvalidOperationException($"Nothing describes '{name}'.");

    private static JsonObject Copy(JsonObject part) => part.DeepClone().AsObject();

    private static JsonObject ReadPart(string name)
    {
        using var stream = typeof(ApiParts).Assembly.GetManifestResourceStream($"ApiDocs/{name}.json")
            ?? throw new InvalidOperationException($"The part '{name}' is not in the program.");
        return JsonNode.Parse(stream)!.AsObject();
    }
}
