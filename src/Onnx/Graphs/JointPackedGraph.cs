using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The packed form that is made of the CUDA engine's operators alone: one product for query, key and value, attention that reads
/// it in place, and embeddings or residual, normalization and, in FP8, quantizing in one pass. Inputs and output are those of
/// <see cref="PackedGraph"/>; it does not read the places in the padded rectangle. Values have the names that they have in the
/// padded graph.
/// </summary>
internal static class JointPackedGraph
{
    /// <summary>Builds the graph file of a model whose embeddings, normalizations and biases are FP16.</summary>
    public static byte[] Build(ModelShape shape, WeightsLayout weights, string weightsFile, IPackedSteps steps)
    {
        var graph = new GraphBuilder(PackedGraph.Form, weights, weightsFile);
        var (ids, positions) = PackedGraph.AddInputs(graph);
        var x = steps.AddEmbeddings(graph, ids, positions, PaddedGraph.NameLayerInput(0));
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            x = AddLayer(graph, steps, x, layer, isLast: layer == shape.Layers - 1);
        }

        new EncoderParts(graph, shape, new FloatOperators(OnnxType.Float16)).AddHead(x.Half, PackedGraph.Logits);
        graph.AddOutput(PackedGraph.Logits, OnnxType.Float, "batch", "1");
        return graph.Build();
    }

    private static PackedHidden AddLayer(GraphBuilder graph, IPackedSteps steps, PackedHidden x, int layer, bool isLast)
    {
        var name = EncoderParts.NameLayer(layer);
        var context = steps.AddAttention(graph, steps.AddQueryKeyValue(graph, x.Product, layer), $"{name}/attention/context");
        var residual = x.Half;
        if (isLast)
        {
            var first = PackedGraph.AddFirstTokens(graph);
            context = graph.AddNode("Gather", "first/context", [context, first], OnnxAttribute.Create("axis", 0));
            residual = graph.AddNode("Gather", "first/hidden", [residual, first], OnnxAttribute.Create("axis", 0));
        }

        var attended = steps.AddLinear(graph, context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        x = steps.AddNormalizedSum(graph, attended, residual, XlmRobertaTensors.NameAttentionNorm(layer), $"{name}/attention/norm", isMultiplied: true);
        var gelu = steps.AddLinearGelu(graph, x.Product, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/gelu");
        var outer = steps.AddLinear(graph, gelu, XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        return steps.AddNormalizedSum(
            graph, outer, x.Half, XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm", isMultiplied: !isLast);
    }
}
