using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Foreign;

/// <summary>An ONNX file that somebody else made: what its graph takes and gives, and where its weights are.</summary>
internal sealed class ForeignGraph
{
    /// <summary>Number of the graph in a model, and of its parts in a graph.</summary>
    public const int GraphField = 7, NodeField = 1, TensorField = 5, InputField = 11, OutputField = 12;

    private const int IrVersionField = 1;
    private const int OpsetField = 8;

    private ForeignGraph(string path, IReadOnlyList<ProtoField> model, ReadOnlyMemory<byte> graph)
    {
        Path = path;
        Model = model;
        Fields = [.. ProtoField.ReadAll(graph)];
        IrVersion = model.FirstOrDefault(f => f.Number == IrVersionField).Integer;
        Opset = model.Where(f => f.Number == OpsetField).Select(f => ProtoField.ReadAll(f.Content).ToList())
            .Where(o => o.All(f => f.Number != 1 || f.Text is "" or "ai.onnx")).Select(o => o.FirstOrDefault(f => f.Number == 2).Integer).FirstOrDefault();
        Tensors = Fields.Where(f => f.Number == TensorField).Select(f => ForeignTensor.Read(f.Content)).DistinctBy(t => t.Name).ToDictionary(t => t.Name);
        Nodes = [.. Fields.Where(f => f.Number == NodeField).Select(f => ForeignNode.Read(f.Content))];

        Locations = [.. TensorWalk.ListAll(model, Fields).Select(t => t.Location).OfType<string>().Distinct()];

        // Old files name their weights as inputs too.
        Inputs = [.. Fields.Where(f => f.Number == InputField).Select(f => ForeignValue.Read(f.Content)).Where(v => !Tensors.ContainsKey(v.Name))];
        Outputs = [.. Fields.Where(f => f.Number == OutputField).Select(f => ForeignValue.Read(f.Content))];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Version of the format.</summary>
    public long IrVersion { get; }

    /// <summary>Version of ONNX's own operators; 0 where it has none.</summary>
    public long Opset { get; }

    /// <summary>What a run must be given.</summary>
    public IReadOnlyList<ForeignValue> Inputs { get; }

    /// <summary>What a run gives.</summary>
    public IReadOnlyList<ForeignValue> Outputs { get; }

    /// <summary>Weights and constants by their names.</summary>
    public IReadOnlyDictionary<string, ForeignTensor> Tensors { get; }

    /// <summary>Files that have values of the graph, also of constants inside its nodes.</summary>
    public IReadOnlyList<string> Locations { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<ForeignNode> Nodes { get; }

    /// <summary>The model's fields, the graph among them.</summary>
    public IReadOnlyList<ProtoField> Model { get; }

    /// <summary>The graph's fields.</summary>
    public IReadOnlyList<ProtoField> Fields { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointException">It is no ONNX file.</exception>
    public static ForeignGraph Read(string path)
    {
        try
        {
            var content = CheckpointFile.ReadBytes(path);
            if (Inference.Models.GitLfsPointer.IsPointer(content))
            {
                throw new CheckpointException(path, Inference.Models.GitLfsPointer.Reason);
            }

            List<ProtoField> model = [.. ProtoField.ReadAll(content)];
            return model.Where(f => f.Number == GraphField).ToList() is [var graph]
                ? new ForeignGraph(path, model, graph.Content)
                : throw new CheckpointException(path, "is no ONNX file: it has no graph");
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException(path, $"is no ONNX file: {e.Message}", e);
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw new CheckpointException(path, $"cannot be read ({e.Message})", e);
        }
    }
}

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements, by ONNX's number; 0 for what is no tensor.</param>
/// <param name="Dims">Its dimensions, -1 for one that is free; null where the file does not say.</param>
internal sealed record ForeignValue(string Name, long Type, IReadOnlyList<long>? Dims)
{
    /// <summary>Reads a ValueInfoProto.</summary>
    public static ForeignValue Read(ReadOnlyMemory<byte> message)
    {
        var fields = ProtoField.ReadAll(message).ToList();
        var tensor = fields.Where(f => f.Number == 2).SelectMany(f => ProtoField.ReadAll(f.Content)).Where(f => f.Number == 1)
            .SelectMany(f => ProtoField.ReadAll(f.Content)).ToList();
        long[]? dims = tensor.Any(f => f.Number == 2)
            ? [.. tensor.Where(f => f.Number == 2).SelectMany(f => ProtoField.ReadAll(f.Content)).Where(f => f.Number == 1).Select(ReadDimension)]
            : null;
        return new ForeignValue(fields.FirstOrDefault(f => f.Number == 1).Text, tensor.FirstOrDefault(f => f.Number == 1).Integer, dims);
    }

    /// <summary>Its dimensions for people.</summary>
    public string DescribeShape() => Dims is null ? "no shape" : $"the shape [{string.Join(", ", Dims.Select(d => d < 0 ? "free" : $"{d}"))}]";

    private static long ReadDimension(ProtoField dimension) => ProtoField.ReadAll(dimension.Content).ToList() is [{ Number: 1 } size, ..] ? size.Integer : -1;
}

/// <summary>A weight or constant.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements, by ONNX's number.</param>
/// <param name="Dims">Its dimensions.</param>
/// <param name="Location">The file that has its values; null where this one has them.</param>
internal sealed record ForeignTensor(string Name, long Type, IReadOnlyList<long> Dims, string? Location)
{
    /// <summary>How many elements it has; a file may claim more than an integer can count.</summary>
    public double Elements => Dims.Aggregate(1d, (product, dim) => product * dim);

    /// <summary>Reads a TensorProto.</summary>
    public static ForeignTensor Read(ReadOnlyMemory<byte> message)
    {
        var fields = ProtoField.ReadAll(message).ToList();
        var location = fields.Where(f => f.Number == 13).Select(f => ProtoField.ReadAll(f.Content).ToList())
            .Where(e => e.FirstOrDefault(f => f.Number == 1).Text == "location").Select(e => e.FirstOrDefault(f => f.Number == 2).Text).FirstOrDefault();
        return new ForeignTensor(
            fields.FirstOrDefault(f => f.Number == 8).Text,
            fields.FirstOrDefault(f => f.Number == 2).Integer,
            [.. ProtoField.ReadIntegers(fields.Where(f => f.Number == 1))],
            location);
    }
}

/// <summary>A node, as far as anything is asked of it.</summary>
/// <param name="Operation">Its operation.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Outputs">What it gives.</param>
internal sealed record ForeignNode(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>Reads a NodeProto.</summary>
    public static ForeignNode Read(ReadOnlyMemory<byte> message)
    {
        var fields = ProtoField.ReadAll(message).ToList();
        return new ForeignNode(
            fields.FirstOrDefault(f => f.Number == 4).Text,
            [.. fields.Where(f => f.Number == 1).Select(f => f.Text)],
            [.. fields.Where(f => f.Number == 2).Select(f => f.Text)]);
    }
}
