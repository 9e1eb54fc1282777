using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>Reads the protocol's requests: tensors as JSON, or as bytes behind it.</summary>
internal static class KServeRequest
{
    /// <summary>The field of the tensors.</summary>
    public const string Inputs = "inputs";

    private const int MaxTensors = 16;

    public static KServeCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        var parameters = ReadParameters(fields);
        var inputs = ReadTensors(fields, Inputs, options);
        var outputs = ReadTensors(fields, "outputs", options);
        var left = fields.Attached;
        List<KServeInput> tensors = [];
        foreach (var input in inputs)
        {
            tensors.Add(new KServeInput(input.Name, input.Datatype, input.Shape, ReadTexts(input, ref left, options)));
        }

        if (!left.IsEmpty)
        {
            throw KServeTensors.CreateInvalid("The body has more bytes than the inputs' 'binary_data_size' say.", Inputs);
        }

        var isBinary = parameters.IsBinaryOutput;
        KServeOutput[] wanted = outputs.Count > 0
            ? [.. outputs.Select(output => new KServeOutput(output.Name, output.Parameters.IsBinary ?? isBinary))]
            : [.. KServeTensors.AllOutputs.Select(name => new KServeOutput(name, isBinary))];
        return KServeTensors.CreateCall(tensors, wanted, parameters.Truncate, options) with { Id = fields.ReadText("id") };
    }

    private static string[] ReadTexts(KServeJsonTensor input, ref ReadOnlySequence<byte> left, GatewayOptions options)
    {
        if (input.Parameters.BinarySize is not { } size)
        {
            return input.Texts ?? throw KServeTensors.CreateInvalid($"'{input.Name}' has no 'data'.", input.Name);
        }

        if (input.Texts is not null || size > left.Length)
        {
            throw KServeTensors.CreateInvalid($"'{input.Name}' must have 'binary_data_size' bytes behind the JSON, and no 'data'.", input.Name);
        }

        var texts = KServeTensors.ReadElements(left.Slice(0, size), input.Name, options.MaxPassages);
        left = left.Slice(size);
        return texts;
    }

    private static KServeParameters ReadParameters(JsonFields fields) =>
        fields.TryOpenField("parameters", out var reader) ? KServeJsonTensor.ReadParameters(ref reader) : default;

    private static List<KServeJsonTensor> ReadTensors(JsonFields fields, string name, GatewayOptions options)
    {
        List<KServeJsonTensor> tensors = [];
        if (!fields.TryOpenField(name, out var reader))
        {
            return tensors;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw FieldConversions.CreateWrongType(name, "a list of tensors");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (tensors.Count == MaxTensors)
            {
                throw KServeTensors.CreateInvalid($"'{name}' has more than {MaxTensors} entries.", name);
            }

            tensors.Add(KServeJsonTensor.Read(ref reader, name, options.MaxPassages));
        }

        return tensors;
    }
}
