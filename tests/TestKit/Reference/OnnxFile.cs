using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;

namespace Reranker.TestKit.Reference;

/// <summary>A graph file with its weights, read with nothing of the importer's.</summary>
public sealed class OnnxFile
{
    private readonly string _folder;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Tensor> _tensors = [];

    /// <summary>Reads a file; the weights lie beside it.</summary>
    public OnnxFile(string path)
    {
        _folder = Path.GetDirectoryName(path)!;
        foreach (var (number, _, _, bytes) in ReadFields(File.ReadAllBytes(path)).Where(f => f.Number == 7).SelectMany(f => ReadFields(f.Bytes)))
        {
            if (number == 1)
            {
                _nodes.Add(ReadNode(bytes));
            }
            else if (number == 5)
            {
                var (name, tensor) = ReadTensor(bytes);
                _tensors.Add(name, tensor);
            }
        }
    }

    /// <summary>The nodes in the order in which they can run.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Weights and constants.</summary>
    public IReadOnlyDictionary<string, Tensor> Initializers => _tensors;

    private (string Name, Tensor Tensor) ReadTensor(byte[] message)
    {
        var fields = ReadFields(message).ToList();
        long[] dims = [.. fields.Where(f => f.Number == 1).Select(f => f.Integer)];
        var type = fields.Single(f => f.Number == 2).Integer;
        var external = fields.Where(f => f.Number == 13).Select(f => ReadFields(f.Bytes).ToList())
            .ToDictionary(e => ReadText(e[0].Bytes), e => ReadText(e[1].Bytes));
        var raw = external.Count == 0
            ? fields.Single(f => f.Number == 9).Bytes
            : ReadPart(Path.Combine(_folder, external["location"]), long.Parse(external["offset"]), int.Parse(external["length"]));
        return (ReadText(fields.Single(f => f.Number == 8).Bytes), new Tensor(dims, ReadValues(type, raw)));
    }

    private static byte[] ReadPart(string path, long offset, int length)
    {
        using var file = File.OpenHandle(path);
        var bytes = new byte[length];
        return RandomAccess.Read(file, bytes, offset) == length ? bytes : throw new EndOfStreamException(path);
    }

    private static double[] ReadValues(long type, byte[] raw) => type switch
    {
        1 => [.. MemoryMarshal.Cast<byte, float>(raw).ToArray().Select(v => (double)v)],
        2 => [.. raw.Select(v => (double)v)],
        6 => [.. MemoryMarshal.Cast<byte, int>(raw).ToArray().Select(v => (double)v)],
        7 => [.. MemoryMarshal.Cast<byte, long>(raw).ToArray().Select(v => (double)v)],
        10 => [.. MemoryMarshal.Cast<byte, Half>(raw).ToArray().Select(v => (double)v)],
        _ => throw new NotSupportedException($"element type {type}"),
    };

    private static Node ReadNode(byte[] message)
    {
        var fields = ReadFields(message).ToList();
        var attributes = fields.Where(f => f.Number == 5).Select(f => ReadFields(f.Bytes).ToList()).ToDictionary(
            a => ReadText(a.Single(f => f.Number == 1).Bytes),
            a => a.Where(f => f.Number is 2 or 3).Select(f => f.Number == 2 ? (double)f.Real : f.Integer).FirstOrDefault());
        string[] ListTexts(int number) => [.. fields.Where(f => f.Number == number).Select(f => ReadText(f.Bytes))];
        return new Node(ListTexts(4).Single(), ListTexts(1), ListTexts(2), attributes);
    }

    private static IEnumerable<(int Number, long Integer, float Real, byte[] Bytes)> ReadFields(byte[] message)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            yield return WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (number, input.ReadInt64(), 0, []),
                WireFormat.WireType.Fixed32 => (number, 0, input.ReadFloat(), []),
                _ => (number, 0, 0, input.ReadBytes().ToByteArray()),
            };
        }
    }

    private static string ReadText(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A node; attributes that are numbers.</summary>
    public sealed record Node(string Operation, string[] Inputs, string[] Outputs, IReadOnlyDictionary<string, double> Attributes);

    /// <summary>A tensor of any type, its elements as doubles; e4m3 as the numbers of its bytes.</summary>
    public sealed record Tensor(long[] Dims, double[] Values)
    {
        /// <summary>Length of the last axis.</summary>
        public int Width => (int)Dims[^1];

        /// <summary>A row of the last axis.</summary>
        public ReadOnlySpan<double> GetRow(long row) => Values.AsSpan((int)row * Width, Width);
    }
}
