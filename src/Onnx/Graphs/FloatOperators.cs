using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Weights and activations in one floating point type.</summary>
internal sealed class FloatOperators(OnnxType type) : IPrecisionOperators
{
    public OnnxType ActivationType => type;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output)
        => graph.AddNode("Gather", output, [graph.UseWeight(table), ids]);

    public string UseTable(GraphBuilder graph, string table) => graph.UseWeight(table);

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
    {
        var product = graph.AddNode("MatMul", $"{output}/product", [x, graph.UseWeight(TensorNames.NameWeight(module))]);
        return graph.AddNode("Add", output, [product, graph.UseWeight(TensorNames.NameBias(module))]);
    }

    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output) => graph.AddNode(
        "LayerNormalization", output, [x, graph.UseWeight(TensorNames.NameWeight(module)), graph.UseWeight(TensorNames.NameBias(module))],
        OnnxAttribute.Create("axis", -1), OnnxAttribute.Create("epsilon", epsilon));
}
