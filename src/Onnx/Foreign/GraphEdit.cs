using Google.Protobuf;

namespace Reranker.Onnx.Foreign;

/// <summary>A graph with other inputs and outputs: nodes before and behind its own, which stay as they are.</summary>
internal sealed class GraphEdit(ForeignGraph graph)
{
    private readonly List<byte[]> _before = [];
    private readonly List<byte[]> _behind = [];
    private readonly List<byte[]> _tensors = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];
    private readonly HashSet<string> _dropped = [];
    private readonly Dictionary<string, string> _renamed = [];
    private readonly HashSet<string> _removed = [];

    /// <summary>Leaves an input out; a node that is added gives its value instead.</summary>
    public void DropInput(string name) => _dropped.Add(name);

    /// <summary>Adds an input.</summary>
    public void AddInput(byte[] value) => _inputs.Add(value);

    /// <summary>Leaves the node out that gives a value.</summary>
    public void RemoveNodeOf(string value) => _removed.Add(value);

    /// <summary>Gives a value another name in all nodes.</summary>
    public void Rename(string name, string other) => _renamed.Add(name, other);

    /// <summary>Adds a node before all others, behind those that were added so.</summary>
    public void AddBefore(byte[] node) => _before.Add(node);

    /// <summary>Adds a node behind all others.</summary>
    public void AddBehind(byte[] node) => _behind.Add(node);

    /// <summary>Adds a constant.</summary>
    public void AddTensor(byte[] tensor) => _tensors.Add(tensor);

    /// <summary>Adds an output; those of the graph itself are left out.</summary>
    public void AddOutput(byte[] value) => _outputs.Add(value);

    /// <summary>Writes the file.</summary>
    public void Write(Stream output)
    {
        var parts = ListGraph().ToList();
        foreach (var field in graph.Model.Where(f => f.Number != ForeignGraph.GraphField))
        {
            output.Write(field.Whole.Span);
        }

        using (var writer = new CodedOutputStream(output, leaveOpen: true))
        {
            writer.WriteTag(ForeignGraph.GraphField, WireFormat.WireType.LengthDelimited);
            writer.WriteUInt64((ulong)parts.Sum(p => (long)p.Length));
        }

        foreach (var part in parts)
        {
            output.Write(part.Span);
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> ListGraph()
    {
        foreach (var part in EncodeFields(ForeignGraph.NodeField, _before))
        {
            yield return part;
        }

        foreach (var field in graph.Fields)
        {
            switch (field.Number)
            {
                case ForeignGraph.OutputField:
                case ForeignGraph.InputField when _dropped.Contains(ForeignValue.Read(field.Content).Name):
                    break;
                case ForeignGraph.NodeField:
                    var node = ForeignNode.Read(field.Content);
                    if (!node.Outputs.Any(_removed.Contains))
                    {
                        yield return node.Inputs.Concat(node.Outputs).Any(_renamed.ContainsKey) ? RenameValues(field) : field.Whole;
                    }

                    break;
                default:
                    yield return field.Whole;
                    break;
            }
        }

        foreach (var part in EncodeFields(ForeignGraph.NodeField, _behind)
            .Concat(EncodeFields(ForeignGraph.TensorField, _tensors)).Concat(EncodeFields(ForeignGraph.InputField, _inputs)).Concat(EncodeFields(ForeignGraph.OutputField, _outputs)))
        {
            yield return part;
        }
    }

    private byte[] RenameValues(ProtoField field)
    {
        var node = new List<byte>();
        foreach (var part in ProtoField.ReadAll(field.Content))
        {
            var isRenamed = part.Number is 1 or 2 && _renamed.ContainsKey(part.Text);
            node.AddRange(isRenamed ? EncodeField(part.Number, System.Text.Encoding.UTF8.GetBytes(_renamed[part.Text])) : part.Whole.ToArray());
        }

        return EncodeField(ForeignGraph.NodeField, [.. node]);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> EncodeFields(int number, IEnumerable<byte[]> messages)
        => messages.Select(m => (ReadOnlyMemory<byte>)EncodeField(number, m));

    private static byte[] EncodeField(int number, byte[] content)
    {
        using var memory = new MemoryStream();
        using (var writer = new CodedOutputStream(memory, leaveOpen: true))
        {
            writer.WriteTag(number, WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(UnsafeByteOperations.UnsafeWrap(content));
        }

        return memory.ToArray();
    }
}
