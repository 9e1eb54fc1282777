using Google.Protobuf;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Field numbers of <c>onnx.proto</c> (those that are written), and the messages below a graph.</summary>
internal static class OnnxProto
{
    private const int AttributeFloat = 1;
    private const int AttributeInt = 2;
    private const int AttributeString = 3;
    private const int AttributeInts = 7;
    private const int ExternalLocation = 1;

    /// <summary>ModelProto.</summary>
    public static byte[] EncodeModel(long irVersion, string producer, IEnumerable<(string Domain, long Version)> opsets, byte[] graph)
        => EncodeMessage(output =>
        {
            WriteInteger(output, 1, irVersion);
            WriteText(output, 2, producer);
            WriteBytes(output, 7, graph);
            foreach (var (domain, version) in opsets)
            {
                WriteBytes(output, 8, EncodeMessage(o =>
                {
                    WriteText(o, 1, domain);
                    WriteInteger(o, 2, version);
                }));
            }
        });

    /// <summary>
    /// The rest of a ModelProto whose graph has more outputs: behind a whole one it is read as one message with it. A value without
    /// a type gets the one that the runtime infers.
    /// </summary>
    public static byte[] EncodeMoreOutputs(IEnumerable<string> values)
        => EncodeMessage(output => WriteBytes(output, 7, EncodeMessage(graph => WriteMessages(graph, 12, values.Select(EncodeName)))));

    /// <summary>GraphProto.</summary>
    public static byte[] EncodeGraph(
        string name, IEnumerable<byte[]> nodes, IEnumerable<byte[]> initializers, IEnumerable<byte[]> inputs, IEnumerable<byte[]> outputs)
        => EncodeMessage(output =>
        {
            WriteMessages(output, 1, nodes);
            WriteText(output, 2, name);
            WriteMessages(output, 5, initializers);
            WriteMessages(output, 11, inputs);
            WriteMessages(output, 12, outputs);
        });

    /// <summary>NodeProto.</summary>
    public static byte[] EncodeNode(
        string name, string operation, string domain, IEnumerable<string> inputs, IEnumerable<string> outputs, IEnumerable<OnnxAttribute> attributes)
        => EncodeMessage(output =>
        {
            foreach (var input in inputs)
            {
                WriteText(output, 1, input);
            }

            foreach (var result in outputs)
            {
                WriteText(output, 2, result);
            }

            WriteText(output, 3, name);
            WriteText(output, 4, operation);
            WriteMessages(output, 5, attributes.Select(EncodeAttribute));
            if (domain.Length > 0)
            {
                WriteText(output, 7, domain);
            }
        });

    /// <summary>TensorProto with its data inside the graph file.</summary>
    public static byte[] EncodeInlineTensor(string name, OnnxType type, IEnumerable<long> dims, ReadOnlyMemory<byte> data)
        => EncodeMessage(output =>
        {
            WriteTensorHead(output, name, type, dims);
            output.WriteTag(9, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(data.Span));
        });

    /// <summary>TensorProto whose data lies in another file.</summary>
    public static byte[] EncodeExternalTensor(string name, OnnxType type, IEnumerable<long> dims, string file, long offset, long length)
        => EncodeMessage(output =>
        {
            WriteTensorHead(output, name, type, dims);
            WriteBytes(output, 13, EncodeEntry("location", file));
            WriteBytes(output, 13, EncodeEntry("offset", FormatDigits(offset)));
            WriteBytes(output, 13, EncodeEntry("length", FormatDigits(length)));
            WriteInteger(output, 14, ExternalLocation);
        });

    /// <summary>ValueInfoProto of a tensor; a dimension is a number or, where it varies, a name.</summary>
    public static byte[] EncodeValue(string name, OnnxType type, IEnumerable<string> dims)
    {
        var shape = EncodeMessage(output => WriteMessages(output, 1, dims.Select(EncodeDimension)));
        var tensor = EncodeMessage(output =>
        {
            WriteInteger(output, 1, (long)type);
            WriteBytes(output, 2, shape);
        });
        return EncodeMessage(output =>
        {
            WriteText(output, 1, name);
            WriteBytes(output, 2, EncodeMessage(o => WriteBytes(o, 1, tensor)));
        });
    }

    private static byte[] EncodeName(string name) => EncodeMessage(output => WriteText(output, 1, name));

    private static byte[] EncodeDimension(string dim) => EncodeMessage(output =>
    {
        if (long.TryParse(dim, out var size))
        {
            WriteInteger(output, 1, size);
        }
        else
        {
            WriteText(output, 2, dim);
        }
    });

    private static byte[] EncodeAttribute(OnnxAttribute attribute) => EncodeMessage(output =>
    {
        WriteText(output, 1, attribute.Name);
        if (attribute.Number is { } number)
        {
            output.WriteTag(2, WireFormat.WireType.Fixed32);
            output.WriteFloat(number);
        }

        if (attribute.Integer is { } integer)
        {
            WriteInteger(output, 3, integer);
        }

        if (attribute.Text is { } text)
        {
            WriteText(output, 4, text);
        }

        foreach (var value in attribute.Integers ?? [])
        {
            WriteInteger(output, 8, value);
        }

        WriteInteger(output, 20, attribute switch
        {
            { Number: not null } => AttributeFloat,
            { Integer: not null } => AttributeInt,
            { Text: not null } => AttributeString,
            _ => AttributeInts,
        });
    });

    private static void WriteTensorHead(CodedOutputStream output, string name, OnnxType type, IEnumerable<long> dims)
    {
        foreach (var dim in dims)
        {
            WriteInteger(output, 1, dim);
        }

        WriteInteger(output, 2, (long)type);
        WriteText(output, 8, name);
    }

    private static byte[] EncodeEntry(string key, string value) => EncodeMessage(output =>
    {
        WriteText(output, 1, key);
        WriteText(output, 2, value);
    });

    private static string FormatDigits(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] EncodeMessage(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(output);
        }

        return memory.ToArray();
    }

    private static void WriteMessages(CodedOutputStream output, int field, IEnumerable<byte[]> messages)
    {
        foreach (var message in messages)
        {
            WriteBytes(output, field, message);
        }
    }

    private static void WriteBytes(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static void WriteText(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void WriteInteger(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }
}
