using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The packed form of what <see cref="GatedGraph"/> is the padded form of: layers as <see cref="JointPackedGraph"/> has them, with
/// <see cref="RotaryPackedGraph"/>'s attention and gate.
/// </summary>
internal static class GatedPackedGraph
{
    /// <summary>Builds the graph file of a model whose embeddings, normalizations and biases are FP16.</summary>
    public static byte[] Build(ModelShape shape, WeightsLayout weights, string weightsFile, IRotarySteps steps)
    {
        var graph = new GraphBuilder(PackedGraph.Form, weights, weightsFile);
        var parts = new EncoderParts(graph, shape, new FloatOperators(OnnxType.Float16));
        var (ids, _) = PackedGraph.AddInputs(graph);
        var embedded = parts.AddPlacelessEmbeddings(ids);
        var hidden = new PackedHidden(embedded, steps.AddRead(graph, embedded));
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            hidden = AddLayer(graph, steps, hidden, layer, isLast: layer == shape.Layers - 1);
        }

        parts.AddHead(hidden.Half, PackedGraph.Logits);
        graph.AddOutput(PackedGraph.Logits, OnnxType.Float, "batch", "1");
        return graph.Build();
    }

    private static PackedHidden AddLayer(GraphBuilder graph, IRotarySteps steps, PackedHidden hidden, int layer, bool isLast)
    {
        var name = EncoderParts.NameLayer(layer);
        var context = steps.AddRotaryAttention(graph, steps.AddQueryKeyValue(graph, hidden.Product, layer), layer, $"{name}/attention/context");
        var residual = hidden.Half;
        if (isLast)
        {
            var first = PackedGraph.AddFirstTokens(graph);
            context = graph.AddNode("Gather", "first/context", [context, first], OnnxAttribute.Create("axis", 0));
            residual = graph.AddNode("Gather", "first/hidden", [residual, first], OnnxAttribute.Create("axis", 0));
        }

        var attended = steps.AddLinear(graph, context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        var middle = steps.AddNormalizedSum(graph, attended, residual, XlmRobertaTensors.NameAttentionNorm(layer), $"{name}/attention/norm", isMultiplied: true);
        var wide = steps.AddLinear(graph, middle.Product, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/input");
        var gated = steps.AddGatedGelu(graph, wide, $"{name}/feed_forward/gelu");
        var outer = steps.AddLinear(graph, gated, XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        return steps.AddNormalizedSum(graph, outer, middle.Half, XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm", isMultiplied: !isLast);
    }
}
