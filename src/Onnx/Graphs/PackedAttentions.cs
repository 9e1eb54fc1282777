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
    public static IPackedAttention CreateWithQueryBias(ModelShape shape, IPackedProducts products) => new QueryBias(shape, products);

    /// <summary>
    /// Three products whose biases PackedMultiHeadAttention adds itself: it copies all three into a workspace the size of the
    /// padded rectangle.
    /// </summary>
    public static IPackedAttention CreateWithAllBiases(ModelShape shape) => new AllBiases(shape);

    /// <summary>
    /// PackedAttention, which projects itself with one [hidden, 3·hidden] matrix. The matrix is joined when a session is
    /// made, by constant folding, so the weights file stays the same.
    /// </summary>
    public static IPackedAttention CreateWithOneProjection(ModelShape shape) => new OneProjection(shape);

    private static OnnxAttribute CreateHeadCount(ModelShape shape) => OnnxAttribute.Create("num_heads", (long)shape.Heads);

    private static string AddJoinedBias(GraphBuilder graph, int layer) => graph.AddNode(
        "Concat", $"{EncoderParts.NameLayer(layer)}/attention/bias",
        [.. ListModules(layer).Select(m => graph.UseWeight(TensorNames.NameBias(m)))], OnnxAttribute.Create("axis", 0));

    private static string[] ListModules(int layer) => [XlmRobertaTensors.NameQuery(layer), XlmRobertaTensors.NameKey(layer), XlmRobertaTensors.NameValue(layer)];

    private static string AddPackedAttention(GraphBuilder graph, ModelShape shape, int layer, params string[] projections)
    {
        var context = $"{EncoderParts.NameLayer(layer)}/attention/context";
        graph.AddNode(
            GraphBuilder.MicrosoftDomain, "PackedMultiHeadAttention", [context],
            [.. projections, PackedGraph.TokenOffset, PackedGraph.SequenceStarts], CreateHeadCount(shape));
        return context;
    }

    private sealed class QueryBias(ModelShape shape, IPackedProducts products) : IPackedAttention
    {
        public string AddAttention(GraphBuilder graph, string x, int layer) => AddPackedAttention(
            graph, shape, layer,
            products.AddLinear(graph, x, XlmRobertaTensors.NameQuery(layer)),
            products.AddProduct(graph, x, XlmRobertaTensors.NameKey(layer)),
            products.AddProduct(graph, x, XlmRobertaTensors.NameValue(layer)),
            "");

        public string FindOutputBias(int layer) => XlmRobertaTensors.NameFoldedOutputBias(layer);
    }

    private sealed class AllBiases(ModelShape shape) : IPackedAttention
    {
        public string AddAttention(GraphBuilder graph, string x, int layer)
            => AddPackedAttention(graph, shape, layer, [.. ListModules(layer).Select(m => PackedProducts.Standard.AddProduct(graph, x, m)), AddJoinedBias(graph, layer)]);

        public string FindOutputBias(int layer) => TensorNames.NameBias(XlmRobertaTensors.NameAttentionOutput(layer));
    }

    private sealed class OneProjection(ModelShape shape) : IPackedAttention
    {
        public string AddAttention(GraphBuilder graph, string x, int layer)
        {
            var name = $"{EncoderParts.NameLayer(layer)}/attention";
            var weights = graph.AddNode(
                "Concat", $"{name}/weights", [.. ListModules(layer).Select(m => graph.UseWeight(TensorNames.NameWeight(m)))], OnnxAttribute.Create("axis", 1));
            graph.AddNode(
                GraphBuilder.MicrosoftDomain, "PackedAttention", [$"{name}/context"],
                [x, weights, AddJoinedBias(graph, layer), PackedGraph.TokenOffset, PackedGraph.SequenceStarts], CreateHeadCount(shape));
            return $"{name}/context";
        }

        public string FindOutputBias(int layer) => TensorNames.NameBias(XlmRobertaTensors.NameAttentionOutput(layer));
    }
}
