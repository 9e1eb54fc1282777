namespace Reranker.Onnx.Foreign;

/// <summary>
/// All tensors of a model: weights, and what is in attributes of nodes, in their subgraphs, in functions. ONNX Runtime reads the files that
/// any of them names.
/// </summary>
internal static class TensorWalk
{
    private const int FunctionField = 25;
    private const int FunctionNodeField = 7;
    private const int AttributeField = 5;
    private const int SparseTensorField = 15;

    // As protobuf's own readers allow it.
    private const int MaxDepth = 100;

    /// <summary>All of them.</summary>
    /// <param name="model">The model's fields.</param>
    /// <param name="graph">The graph's fields.</param>
    /// <exception cref="InvalidDataException">They are no messages, or lie in one another without an end.</exception>
    public static IEnumerable<ForeignTensor> ListAll(IEnumerable<ProtoField> model, IEnumerable<ProtoField> graph) =>
    [
        .. graph.SelectMany(f => ListOfGraphField(f, depth: 0)),
        .. model.Where(f => f.Number == FunctionField).SelectMany(f => ProtoField.ReadAll(f.Content))
            .Where(f => f.Number == FunctionNodeField).SelectMany(f => ListOfNode(f.Content, depth: 0)),
    ];

    private static IEnumerable<ForeignTensor> ListOfGraphField(ProtoField field, int depth) => field.Number switch
    {
        ForeignGraph.NodeField => ListOfNode(field.Content, depth),
        ForeignGraph.TensorField => [ForeignTensor.Read(field.Content)],
        SparseTensorField => ListOfSparse(field.Content),
        _ => [],
    };

    private static IEnumerable<ForeignTensor> ListOfNode(ReadOnlyMemory<byte> node, int depth) => depth > MaxDepth
        ? throw new InvalidDataException("its graphs lie in one another without an end")
        : ProtoField.ReadAll(node).Where(f => f.Number == AttributeField).SelectMany(f => ProtoField.ReadAll(f.Content)).SelectMany(f => ListOfAttributeField(f, depth));

    // One value or a list of them: tensors, graphs, sparse tensors.
    private static IEnumerable<ForeignTensor> ListOfAttributeField(ProtoField field, int depth) => field.Number switch
    {
        5 or 10 => [ForeignTensor.Read(field.Content)],
        6 or 11 => ProtoField.ReadAll(field.Content).SelectMany(f => ListOfGraphField(f, depth + 1)),
        22 or 23 => ListOfSparse(field.Content),
        _ => [],
    };

    private static IEnumerable<ForeignTensor> ListOfSparse(ReadOnlyMemory<byte> sparse)
        => ProtoField.ReadAll(sparse).Where(f => f.Number is 1 or 2).Select(f => ForeignTensor.Read(f.Content));
}
