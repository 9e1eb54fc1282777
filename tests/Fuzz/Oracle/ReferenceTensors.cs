using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Reranker.Fuzz.Oracle;

/// <summary>Reads the tensors of the Open Inference Protocol as docs/http.md has them. Texts may be bytes behind the JSON.</summary>
internal static class ReferenceTensors
{
    private const int MaxTensors = 16;
    private const int MaxRank = 8;

    /// <summary>The texts of a request, and whether what is too long is cut.</summary>
    public static ReferenceCall Read(ReferenceFields fields, byte[] attached, ReferenceCall options)
    {
        _ = fields.Text("id");
        var parameters = fields["parameters"];
        if (parameters is not null)
        {
            CheckParameters(fields, parameters);
        }

        var outputs = Tensors(fields, "outputs");
        if (outputs.Any(static output => output["name"]?.Text is not ("scores" or "logits")))
        {
            fields.Wrong(0);
        }

        var inputs = Tensors(fields, "inputs");
        if (inputs.Count != 2 || inputs.Any(static input => input["datatype"]?.Text != "BYTES"))
        {
            return fields.Wrong(options);
        }

        var byName = new Dictionary<string, string[]>();
        var left = attached.AsSpan();
        foreach (var input in inputs)
        {
            byName[input["name"]?.Text ?? ""] = Texts(fields, input, ref left);
        }

        if (left.Length > 0 || !byName.TryGetValue("query", out var queries) || !byName.TryGetValue("passages", out var passages))
        {
            return fields.Wrong(options);
        }

        if (passages.Length == 0 || (queries.Length != 1 && queries.Length != passages.Length) || queries.Any(string.IsNullOrWhiteSpace))
        {
            return fields.Wrong(options);
        }

        var ofAll = parameters?["binary_data_output"]?.Text ?? "false";
        return options with
        {
            Query = queries[0],
            Queries = queries.Length > 1 ? queries : null,
            Passages = passages,
            MayCut = parameters?["truncate"]?.Text != "false",
            Outputs = outputs.Count > 0 ? [.. outputs.Select(static output => output["name"]?.Text ?? "")] : ["scores", "logits"],
            BinaryOutputs = outputs.Count > 0 ? [.. outputs.Select(output => (output["parameters"]?["binary_data"]?.Text ?? ofAll) == "true")] : [ofAll == "true", ofAll == "true"],
        };
    }

    private static IReadOnlyList<JsonValue> Tensors(ReferenceFields fields, string name)
    {
        if (fields[name] is not { } list)
        {
            return [];
        }

        if (list.Kind != JsonKind.List || list.Items.Count > MaxTensors)
        {
            return fields.Wrong<IReadOnlyList<JsonValue>>([]);
        }

        foreach (var item in list.Items)
        {
            CheckTensor(fields, item);
        }

        return list.Items;
    }

    private static void CheckTensor(ReferenceFields fields, JsonValue tensor)
    {
        var isRight = tensor.Kind == JsonKind.Object && tensor.Fields.All(static field => field switch
        {
            { Value.Kind: JsonKind.Null } => true,
            { Name: "name" or "datatype" } => field.Value.Kind == JsonKind.Text,
            { Name: "shape" } => field.Value is { Kind: JsonKind.List, Items.Count: <= MaxRank } && field.Value.Items.All(static size => Size(size) is not null),
            { Name: "data" } => field.Value.Kind == JsonKind.List && IsFlat(field.Value, MaxRank),
            _ => true,
        });
        if (!isRight)
        {
            fields.Wrong(0);
        }

        foreach (var (name, value) in tensor.Fields)
        {
            if (name == "parameters" && value.Kind != JsonKind.Null)
            {
                CheckParameters(fields, value);
            }
        }
    }

    private static void CheckParameters(ReferenceFields fields, JsonValue parameters)
    {
        var isRight = parameters.Kind == JsonKind.Object && parameters.Fields.All(static field => field switch
        {
            { Value.Kind: JsonKind.Null } => true,
            { Name: "truncate" or "binary_data" or "binary_data_output" } => field.Value.Kind == JsonKind.Boolean,
            { Name: "binary_data_size" } => Size(field.Value) is not null,
            _ => true,
        });
        if (!isRight)
        {
            fields.Wrong(0);
        }
    }

    private static string[] Texts(ReferenceFields fields, JsonValue input, ref Span<byte> left)
    {
        string[] texts;
        if (input["parameters"]?["binary_data_size"] is { } told)
        {
            if (input["data"] is not null || Size(told) is not { } bytes || bytes > left.Length || Elements(left[..(int)bytes]) is not { } elements)
            {
                return fields.Wrong<string[]>([]);
            }

            texts = elements;
            left = left[(int)bytes..];
        }
        else if (input["data"] is { } data)
        {
            texts = [.. Flatten(data)];
        }
        else
        {
            return fields.Wrong<string[]>([]);
        }

        var sizes = input["shape"]?.Items ?? [];
        var count = sizes.Aggregate((decimal)1, static (product, size) => Math.Min(product * Math.Min(Size(size) ?? 0, int.MaxValue), int.MaxValue));
        return sizes.Count > 0 && count == texts.Length ? texts : fields.Wrong(texts);
    }

    /// <summary>Texts behind their lengths; null where they are cut, or no UTF-8.</summary>
    private static string[]? Elements(ReadOnlySpan<byte> bytes)
    {
        var texts = new List<string>();
        while (bytes.Length > 0)
        {
            if (bytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes) is var length && length > bytes.Length - sizeof(uint))
            {
                return null;
            }

            var text = bytes.Slice(sizeof(uint), (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            if (!System.Text.Unicode.Utf8.IsValid(text))
            {
                return null;
            }

            texts.Add(Encoding.UTF8.GetString(text));
            bytes = bytes[(sizeof(uint) + text.Length)..];
        }

        return [.. texts];
    }

    private static long? Size(JsonValue value) =>
        value.Kind == JsonKind.Number && long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size) && size >= 0 ? size : null;

    private static bool IsFlat(JsonValue list, int depth) =>
        depth > 0 && list.Items.All(item => item.Kind == JsonKind.Text || (item.Kind == JsonKind.List && IsFlat(item, depth - 1)));

    private static IEnumerable<string> Flatten(JsonValue list) =>
        list.Items.SelectMany(static item => item.Kind == JsonKind.Text ? [item.Text] : Flatten(item));
}
