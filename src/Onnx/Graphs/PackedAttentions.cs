using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// Packed attention with the contrib operators of ONNX Runtime's CUDA provider. The default was the fastest on an H100 at
/// every shape but the smallest, and takes the least memory: attention over separate projections is FlashAttention.
/// </summary>
internal static class PackedAttentions
{
    /// <summary>
    /// The default: three products and PackedMultiHeadAttention without biases, so that it reads the products where they lie.
    /// Two of the three biases need no pass over memory. A key's bias adds the same to all scores of a query, and the softmax
    /// takes no notice. A value's bias comes out of the attention as it went in, because the shares of a query add up to 1:
    /// it is folded into the bias behind the output projection. Both hold exactly.
    /// </summary>
    public static IPackedAttention Separate(ModelShape shape, IPackedProducts products) => new QueryBias(shape, products);

    /// <summary>
    /// Three products whose biases PackedMultiHeadAttention adds itself: it copies all three into a workspace the size of the
    /// padded rectangle.
    /// </summary>
    public static IPackedAttention BiasInside(ModelShape shape) => new AllBiases(shape);

    /// <summary>
    /// PackedAttention, which projects itself with one [hidden, 3·hidden] matrix. The matrix is joined when a session is
    /// made, by constant folding, so the weights file stays the same.
    /// </summary>
    public static IPackedAttention Fused(ModelShape shape) => new OneProjection(shape);

    private static OnnxAttribute HeadCount(ModelShape shape) => OnnxAttribute.Of("num_heads", (long)shape.Heads);

    private static string JoinedBias(GraphBuilder graph, int layer) => graph.Node(
        "Concat", $"{EncoderParts.LayerName(layer)}/attention/bias",
        [.. Modules(layer).Select(m => graph.Weight(TensorNames.Bias(m)))], OnnxAttribute.Of("axis", 0));

    private static string[] Modules(int layer) => [XlmRobertaTensors.Query(layer), XlmRobertaTensors.Key(layer), XlmRobertaTensors.Value(layer)];

    private static string Attend(GraphBuilder graph, ModelShape shape, int layer, params string[] projections)
    {
        var context = $"{EncoderParts.LayerName(layer)}/attention/context";
        graph.Node(
            GraphBuilder.MicrosoftDomain, "PackedMultiHeadAttention", [context],
            [.. projections, PackedGraph.TokenOffset, PackedGraph.SequenceStarts], HeadCount(shape));
        return context;
    }

    private sealed class QueryBias(ModelShape shape, IPackedProducts products) : IPackedAttention
    {
        public string Add(GraphBuilder graph, string x, int layer) => Attend(
            graph, shape, layer,
            products.Linear(graph, x, XlmRobertaTensors.Query(layer)),
            products.Product(graph, x, XlmRobertaTensors.Key(layer)),
            products.Product(graph, x, XlmRobertaTensors.Value(layer)),
            "");

        public string OutputBias(int layer) => XlmRobertaTensors.FoldedOutputBias(layer);
    }

    private sealed class AllBiases(ModelShape shape) : IPackedAttention
    {
        public string Add(GraphBuilder graph, string x, int layer)
            => Attend(graph, shape, layer, [.. Modules(layer).Select(m => PackedProducts.Standard.Product(graph, x, m)), JoinedBias(graph, layer)]);

        public string OutputBias(int layer) => TensorNames.Bias(XlmRobertaTensors.AttentionOutput(layer));
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

        public string OutputBias(int layer) => TensorNames.Bias(XlmRobertaTensors.AttentionOutput(layer));
    }
}
