using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The packed form of what <see cref="RotaryGraph"/> is the padded form of, made of the CUDA engine's operators as <see cref="JointPackedGraph"/>
/// is: attention turns queries and keys where it has copied them to, a local layer's skips keys that no row sees, and residual with
/// normalization is one pass that keeps the sum. Inputs and output are those of <see cref="PackedGraph"/>; a token's place is told by the pairs'
/// boundaries, so it does not read positions. Biases are zeros, which cost a product nothing.
/// </summary>
internal static class RotaryPackedGraph
{
    /// <summary>True for models that the operators have kernels for.</summary>
    public static bool IsFor(ModelShape shape) => shape.Rotary is not null
        && GraphOperators.AttentionHeadSizes.Contains(shape.Hidden / shape.Heads) && shape.FeedForward % GraphOperators.ColumnStep == 0;

    /// <summary>Builds the graph file of a model whose embeddings, normalizations and biases are FP16.</summary>
    public static byte[] Build(ModelShape shape, WeightsLayout weights, string weightsFile, IRotarySteps steps)
    {
        var (graph, form) = (new GraphBuilder(PackedGraph.Form, weights, weightsFile), new FloatOperators(OnnxType.Float16));
        var (ids, _) = PackedGraph.AddInputs(graph);
        var words = form.AddLookup(graph, XlmRobertaTensors.WordEmbeddings, ids, "embeddings/words");
        var residual = form.AddNorm(graph, words, XlmRobertaTensors.EmbeddingNorm, shape.Hidden, shape.LayerNormEpsilon, PaddedGraph.NameLayerInput(0));
        var read = steps.AddRead(graph, residual);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            (residual, read) = AddLayer(graph, shape, steps, residual, read, layer);
        }

        RotaryHead.AddHead(graph, shape, form, AddPooled(graph, shape, read), PackedGraph.Logits);
        graph.AddOutput(PackedGraph.Logits, OnnxType.Float, "batch", "1");
        return graph.Build();
    }

    private static (string Residual, string Read) AddLayer(
        GraphBuilder graph, ModelShape shape, IRotarySteps steps, string residual, string read, int layer)
    {
        var (name, isLast) = (EncoderParts.NameLayer(layer), layer == shape.Layers - 1);
        var context = steps.AddRotaryAttention(graph, steps.AddQueryKeyValue(graph, read, layer), layer, $"{name}/attention/context");
        if (isLast && !shape.Rotary!.PoolsMean)
        {
            var first = PackedGraph.AddFirstTokens(graph);
            context = graph.AddNode("Gather", "first/context", [context, first], OnnxAttribute.Create("axis", 0));
            residual = graph.AddNode("Gather", "first/residual", [residual, first], OnnxAttribute.Create("axis", 0));
        }

        var attended = steps.AddLinear(graph, context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        (residual, read) = AddSum(attended, "attention", XlmRobertaTensors.NameAttentionNorm(layer));
        var wide = steps.AddLinear(graph, read, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/input");
        var gated = steps.AddGatedGelu(graph, wide, $"{name}/feed_forward/gelu");
        var outer = steps.AddLinear(graph, gated, XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        var norm = XlmRobertaTensors.NameFeedForwardNorm(layer);
        return !isLast
            ? AddSum(outer, "feed_forward", norm)
            : (residual, steps.AddNormalizedSum(graph, outer, residual, norm, $"{name}/feed_forward/norm", isMultiplied: false).Half);

        (string Sum, string Normalized) AddSum(string x, string part, string module)
        {
            var sum = $"{name}/{part}/residual";
            return (sum, steps.AddKeptSum(graph, x, residual, module, sum, $"{name}/{part}/norm"));
        }
    }

    private static string AddPooled(GraphBuilder graph, ModelShape shape, string x)
    {
        if (!shape.Rotary!.PoolsMean)
        {
            return RotaryHead.AddWide(graph, x);
        }

        graph.AddNode(GraphBuilder.EngineDomain, GraphOperators.PackedMean, ["head/mean"], [x, PackedGraph.SequenceStarts]);
        return "head/mean";
    }
}
