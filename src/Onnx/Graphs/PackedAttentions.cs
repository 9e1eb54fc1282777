using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// Packed attention with the contrib operators of ONNX Runtime's CUDA provider. Which is faster depends on card and length:
/// separate projections reach FlashAttention and won on ragged and long batches, one fused projection won on small ones.
/// </summary>
internal static class PackedAttentions
{
    /// <summary>Three projections, then PackedMultiHeadAttention: the default.</summary>
    public static IPackedAttention Separate(ModelShape shape) => new Projected(shape, biasInside: false);

    /// <summary>Three products whose biases PackedMultiHeadAttention adds itself: fewer launches, one more pass over memory.</summary>
    public static IPackedAttention BiasInside(ModelShape shape) => new Projected(shape, biasInside: true);

    /// <summary>
    /// PackedAttention, which projects itself with one [hidden, 3·hidden] matrix. The matrix is joined when a session is
    /// made, by constant folding, so the weights file stays the same.
    /// </summary>
    public static IPackedAttention Fused(ModelShape shape) => new OneProjection(shape);

    private static OnnxAttribute HeadCount(ModelShape shape) => OnnxAttribute.Of("num_heads", (long)shape.Heads);

    private static string JoinedBias(GraphBuilder graph, int layer) => graph.Node(
        "Concat", $"{EncoderParts.LayerName(layer)}/attention/bias",
        [.. Modules(layer).Select(m => graph.Weight(TensorNames.Bias(m)))], OnnxAttribute.Of("axis", 0));

    private static string[] Modules(int layer) => [TensorNames.Query(layer), TensorNames.Key(layer), TensorNames.Value(layer)];

    private sealed class Projected(ModelShape shape, bool biasInside) : IPackedAttention
    {
        public string Add(GraphBuilder graph, string x, int layer)
        {
            var name = $"{EncoderParts.LayerName(layer)}/attention";
            string[] inputs =
            [
                .. Modules(layer).Select(m => Project(graph, x, m)),
                biasInside ? JoinedBias(graph, layer) : "",
                PackedGraph.TokenOffset,
                PackedGraph.SequenceStarts,
            ];
            graph.Node(GraphBuilder.MicrosoftDomain, "PackedMultiHeadAttention", [$"{name}/context"], inputs, HeadCount(shape));
            return $"{name}/context";
        }

        private string Project(GraphBuilder graph, string x, string module)
        {
            var product = graph.Node("MatMul", $"{module}/product", [x, graph.Weight(TensorNames.Weight(module))]);
            return biasInside ? product : graph.Node("Add", $"{module}/projected", [product, graph.Weight(TensorNames.Bias(module))]);
        }
    }

    private sealed class OneProjection(ModelShape shape) : IPackedAttention
    {
        public string Add(GraphBuilder graph, string x, int layer)
        {
            var name = $"{EncoderParts.LayerName(layer)}/attention";
            var weights = graph.Node(
                "Concat", $"{name}/weights", [.. Modules(layer).Select(m => graph.Weight(TensorNames.Weight(m)))], OnnxAttribute.Of("axis", 1));
            graph.Node(
                GraphBuilder.MicrosoftDomain, "PackedAttention", [$"{name}/context"],
                [x, weights, JoinedBias(graph, layer), PackedGraph.TokenOffset, PackedGraph.SequenceStarts], HeadCount(shape));
            return $"{name}/context";
        }
    }
}
