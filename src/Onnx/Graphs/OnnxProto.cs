using Google.Protobuf;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Field numbers of <c>onnx.proto</c> (those that are written), and the messages below a graph.</summary>
internal static class OnnxProto
{
    private const int AttributeFloat = 1;
    private const int AttributeInt = 2;
    private const int AttributeInts = 7;
    private const int ExternalLocation = 1;

    /// <summary>ModelProto.</summary>
    public static byte[] Model(long irVersion, string producer, IEnumerable<(string Domain, long Version)> opsets, byte[] graph)
        => Message(output =>
        {
            Integer(output, 1, irVersion);
            Text(output, 2, producer);
            Bytes(output, 7, graph);
            foreach (var (domain, version) in opsets)
            {
                Bytes(output, 8, Message(o =>
                {
                    Text(o, 1, domain);
                    Integer(o, 2, version);
                }));
            }
        });

    /// <summary>GraphProto.</summary>
    public static byte[] Graph(
        string name, IEnumerable<byte[]> nodes, IEnumerable<byte[]> initializers, IEnumerable<byte[]> inputs, IEnumerable<byte[]> outputs)
        => Message(output =>
        {
            All(output, 1, nodes);
            Text(output, 2, name);
            All(output, 5, initializers);
            All(output, 11, inputs);
            All(output, 12, outputs);
        });

    /// <summary>NodeProto.</summary>
    public static byte[] Node(
        string name, string operation, string domain, IEnumerable<string> inputs, IEnumerable<string> outputs, IEnumerable<OnnxAttribute> attributes)
        => Message(output =>
        {
            foreach (var input in inputs)
            {
                Text(output, 1, input);
            }

            foreach (var result in outputs)
            {
                Text(output, 2, result);
            }

            Text(output, 3, name);
            Text(output, 4, operation);
            All(output, 5, attributes.Select(Attribute));
            if (domain.Length > 0)
            {
                Text(output, 7, domain);
            }
        });

    /// <summary>TensorProto with its data inside the graph file.</summary>
    public static byte[] InlineTensor(string name, OnnxType type, IEnumerable<long> dims, ReadOnlyMemory<byte> data)
        => Message(output =>
        {
            TensorHead(output, name, type, dims);
            output.WriteTag(9, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(data.Span));
        });

    /// <summary>TensorProto whose data lies in another file.</summary>
    public static byte[] ExternalTensor(string name, OnnxType type, IEnumerable<long> dims, string file, long offset, long length)
        => Message(output =>
        {
            TensorHead(output, name, type, dims);
            Bytes(output, 13, Entry("location", file));
            Bytes(output, 13, Entry("offset", Digits(offset)));
            Bytes(output, 13, Entry("length", Digits(length)));
            Integer(output, 14, ExternalLocation);
        });

    /// <summary>ValueInfoProto of a tensor; a dimension is a number or, where it varies, a name.</summary>
    public static byte[] Value(string name, OnnxType type, IEnumerable<string> dims)
    {
        var shape = Message(output => All(output, 1, dims.Select(Dimension)));
        var tensor = Message(output =>
        {
            Integer(output, 1, (long)type);
            Bytes(output, 2, shape);
        });
        return Message(output =>
        {
            Text(output, 1, name);
            Bytes(output, 2, Message(o => Bytes(o, 1, tensor)));
        });
    }

    private static byte[] Dimension(string dim) => Message(output =>
    {
        if (long.TryParse(dim, out var size))
        {
            Integer(output, 1, size);
        }
        else
        {
            Text(output, 2, dim);
        }
    });

    private static byte[] Attribute(OnnxAttribute attribute) => Message(output =>
    {
        Text(output, 1, attribute.Name);
        if (attribute.Number is { } number)
        {
            output.WriteTag(2, WireFormat.WireType.Fixed32);
            output.WriteFloat(number);
        }

        if (attribute.Integer is { } integer)
        {
            Integer(output, 3, integer);
        }

        foreach (var value in attribute.Integers ?? [])
        {
            Integer(output, 8, value);
        }

        Integer(output, 20, attribute switch
        {
            { Number: not null } => AttributeFloat,
            { Integer: not null } => AttributeInt,
            _ => AttributeInts,
        });
    });

    private static void TensorHead(CodedOutputStream output, string name, OnnxType type, IEnumerable<long> dims)
    {
        foreach (var dim in dims)
        {
            Integer(output, 1, dim);
        }

        Integer(output, 2, (long)type);
        Text(output, 8, name);
    }

    private static byte[] Entry(string key, string value) => Message(output =>
    {
        Text(output, 1, key);
        Text(output, 2, value);
    });

    private static string Digits(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true))
        {
            write(output);
        }

        return memory.ToArray();
    }

    private static void All(CodedOutputStream output, int field, IEnumerable<byte[]> messages)
    {
        foreach (var message in messages)
        {
            Bytes(output, field, message);
        }
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Integer(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }
}
