using System.Text.Json;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>A tensor in JSON, an input with its elements or an output that is wanted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">The name of its type; empty where it is not told.</param>
/// <param name="Shape">Its shape; empty where it is not told.</param>
/// <param name="Texts">Its elements, however they are nested; null where there are none.</param>
/// <param name="Parameters">Its parameters.</param>
internal sealed record KServeJsonTensor(string Name, string Datatype, long[] Shape, string[]? Texts, KServeParameters Parameters)
{
    private const int MaxRank = 8;

    /// <summary>Reads one, from its first token to its last.</summary>
    /// <param name="reader">On its first token.</param>
    /// <param name="field">The field that it is in.</param>
    /// <param name="maxElements">Most elements.</param>
    public static KServeJsonTensor Read(ref Utf8JsonReader reader, string field, int maxElements)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw FieldConversions.CreateWrongType(field, "a list of tensors");
        }

        var tensor = new KServeJsonTensor("", "", [], null, default);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = JsonText.Read(ref reader);
            reader.Read();
            switch (property)
            {
                case "name":
                    tensor = tensor with { Name = ReadString(ref reader, $"{field}.name") };
                    break;
                case "datatype":
                    tensor = tensor with { Datatype = ReadString(ref reader, $"{field}.datatype") };
                    break;
                case "shape":
                    tensor = tensor with { Shape = ReadShape(ref reader, $"{field}.shape") };
                    break;
                case "data":
                    tensor = tensor with { Texts = ReadElements(ref reader, $"{field}.data", maxElements) };
                    break;
                case "parameters":
                    tensor = tensor with { Parameters = ReadParameters(ref reader) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return tensor;
    }

    /// <summary>Reads parameters; those without effect may be anything.</summary>
    public static KServeParameters ReadParameters(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw FieldConversions.CreateWrongType("parameters", "an object");
        }

        var parameters = default(KServeParameters);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader);
            reader.Read();
            switch (name)
            {
                case "truncate":
                    parameters = parameters with { Truncate = ReadBoolean(ref reader, name) };
                    break;
                case "binary_data_output":
                    parameters = parameters with { IsBinaryOutput = ReadBoolean(ref reader, name) ?? false };
                    break;
                case "binary_data":
                    parameters = parameters with { IsBinary = ReadBoolean(ref reader, name) };
                    break;
                case "binary_data_size":
                    parameters = parameters with { BinarySize = reader.TokenType == JsonTokenType.Null ? null : ReadSize(ref reader, name) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return parameters;
    }

    // Null is as if the field were not there, as everywhere.
    private static string ReadString(ref Utf8JsonReader reader, string field) => reader.TokenType switch
    {
        JsonTokenType.Null => "",
        JsonTokenType.String => JsonText.Read(ref reader),
        _ => throw FieldConversions.CreateWrongType(field, "a string"),
    };

    private static bool? ReadBoolean(ref Utf8JsonReader reader, string field) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw FieldConversions.CreateWrongType(field, "true or false"),
    };

    private static long ReadSize(ref Utf8JsonReader reader, string field) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var size) && size >= 0
            ? size
            : throw FieldConversions.CreateWrongType(field, "a whole number from 0");

    private static long[] ReadShape(ref Utf8JsonReader reader, string field)
    {
        const string Expected = "a list of whole numbers";
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw FieldConversions.CreateWrongType(field, Expected);
        }

        List<long> shape = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (shape.Count == MaxRank)
            {
                throw KServeTensors.CreateInvalid($"'{field}' has more than {MaxRank} dimensions.", field);
            }

            shape.Add(ReadSize(ref reader, field));
        }

        return [.. shape];
    }

    private static string[]? ReadElements(ref Utf8JsonReader reader, string field, int max)
    {
        const string Expected = "a list of strings, or of such lists";
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw FieldConversions.CreateWrongType(field, Expected);
        }

        List<string> texts = [];
        for (var depth = 1; depth > 0 && reader.Read();)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray when depth < MaxRank:
                    depth++;
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.String when texts.Count == max:
                    throw new RequestFormatException(GatewayError.CreateTooManyPassages(field, max));
                case JsonTokenType.String:
                    texts.Add(JsonText.Read(ref reader));
                    break;
                default:
                    throw FieldConversions.CreateWrongType(field, Expected);
            }
        }

        return [.. texts];
    }
}
