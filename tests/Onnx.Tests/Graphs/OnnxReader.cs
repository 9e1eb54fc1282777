using Google.Protobuf;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Tests.Graphs;

/// <summary>Nodes and initializers of a graph file, as far as tests look at them.</summary>
internal sealed record OnnxReader(IReadOnlyList<OnnxReader.Node> Nodes, IReadOnlyDictionary<string, OnnxReader.Tensor> Initializers)
{
    public static OnnxReader Read(string path)
    {
        var nodes = new List<Node>();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (_, _, graph) in Fields(File.ReadAllBytes(path)).Where(f => f.Number == 7))
        {
            foreach (var (number, _, bytes) in Fields(graph))
            {
                if (number == 1)
                {
                    nodes.Add(ReadNode(bytes));
                }
                else if (number == 5)
                {
                    var fields = Fields(bytes).ToList();
                    tensors.Add(
                        Text(fields.Single(f => f.Number == 8).Bytes),
                        new Tensor((OnnxType)fields.Single(f => f.Number == 2).Integer, [.. fields.Where(f => f.Number == 1).Select(f => f.Integer)]));
                }
            }
        }

        return new OnnxReader(nodes, tensors);
    }

    public Node Producer(string value) => Nodes.Single(n => n.Output == value);

    private static Node ReadNode(byte[] bytes)
    {
        var fields = Fields(bytes).ToList();
        var attributes = fields.Where(f => f.Number == 5).Select(f => Fields(f.Bytes).ToList()).ToDictionary(
            a => Text(a.Single(f => f.Number == 1).Bytes), a => a.Where(f => f.Number == 3).Select(f => f.Integer).FirstOrDefault());
        return new Node(
            Text(fields.Single(f => f.Number == 4).Bytes),
            [.. fields.Where(f => f.Number == 1).Select(f => Text(f.Bytes))],
            Text(fields.First(f => f.Number == 2).Bytes),
            attributes);
    }

    private static IEnumerable<(int Number, long Integer, byte[] Bytes)> Fields(byte[] message)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    yield return (number, input.ReadInt64(), []);
                    break;
                case WireFormat.WireType.LengthDelimited:
                    yield return (number, 0, input.ReadBytes().ToByteArray());
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);

    /// <summary>A node by its first output; attributes that are integers.</summary>
    internal sealed record Node(string Operation, IReadOnlyList<string> Inputs, string Output, IReadOnlyDictionary<string, long> Attributes);

    /// <summary>An initializer without its values.</summary>
    internal sealed record Tensor(OnnxType Type, IReadOnlyList<long> Dims);
}
