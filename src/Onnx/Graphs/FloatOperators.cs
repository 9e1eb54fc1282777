using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Weights and activations in one floating point type.</summary>
internal sealed class FloatOperators(OnnxType type) : IPrecisionOperators
{
    public OnnxType ActivationType => type;

    public string Lookup(GraphBuilder graph, string table, string ids, string output)
        => graph.Node("Gather", output, [graph.Weight(table), ids]);

    public string Table(GraphBuilder graph, string table) => graph.Weight(table);

    public string Linear(GraphBuilder graph, string x, string module, string output)
    {
        var product = graph.Node("MatMul", $"{output}/product", [x, graph.Weight(TensorNames.Weight(module))]);
        return graph.Node("Add", output, [product, graph.Weight(TensorNames.Bias(module))]);
    }

    public string Norm(GraphBuilder graph, string x, string module, int size, float epsilon, string output) => graph.Node(
        "LayerNormalization", output, [x, graph.Weight(TensorNames.Weight(module)), graph.Weight(TensorNames.Bias(module))],
        OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", epsilon));
}
