using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The padded form of an encoder with rotary positions, local windows, gated feed-forward and normalization before each sublayer
/// (<see cref="RotaryShape"/>). Values and weights have the names of <see cref="PaddedGraph"/>'s: the normalization before a layer's attention
/// is the one behind the layer before it, and that of the last layer is the final one. So what quantizes and calibrates one form does it
/// to the other.
/// </summary>
internal sealed class RotaryGraph(GraphBuilder graph, ModelShape shape, IPrecisionOperators form)
{
    private readonly RotaryShape _rotary = shape.Rotary!;
    private readonly RotaryAttention _attention = new(graph, shape, form);
    private readonly string _ids = graph.AddInput(PaddedGraph.InputIds, OnnxType.Int64, "batch", "sequence");
    private readonly string _mask = graph.AddInput(PaddedGraph.AttentionMask, OnnxType.Int64, "batch", "sequence");

    /// <summary>Adds the whole encoder.</summary>
    public void AddEncoder()
    {
        var words = form.AddLookup(graph, XlmRobertaTensors.WordEmbeddings, _ids, "embeddings/words");
        var residual = AddNorm(words, XlmRobertaTensors.EmbeddingNorm, PaddedGraph.NameLayerInput(0));
        var read = residual;
        var everywhere = _attention.AddMaskBias(_mask);
        var nearby = _attention.Positions.AddWindowBias(everywhere, _ids);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var isFirstAlone = layer == shape.Layers - 1 && !_rotary.PoolsMean;
            var bias = _rotary.IsGlobal(layer) ? everywhere : nearby;
            (residual, read) = AddLayer(residual, read, bias, layer, isFirstAlone);
        }

        RotaryHead.AddHead(graph, shape, form, AddPooled(read), PaddedGraph.Logits);
        graph.AddOutput(PaddedGraph.Logits, OnnxType.Float, "batch", "1");
    }

    private (string Residual, string Read) AddLayer(string residual, string read, string bias, int layer, bool isFirstAlone)
    {
        var name = EncoderParts.NameLayer(layer);
        var queries = read;
        if (isFirstAlone)
        {
            (queries, residual) = (AddFirst("first", read), AddFirst("first/residual", residual));
        }

        var context = _attention.AddAttention(_ids, read, queries, bias, layer, isFirstAlone);
        var attended = form.AddLinear(graph, context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        residual = graph.AddNode("Add", $"{name}/attention/residual", [attended, residual]);
        var middle = AddNorm(residual, XlmRobertaTensors.NameAttentionNorm(layer), $"{name}/attention/norm");
        var inner = form.AddLinear(graph, middle, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/input");
        var gated = form.AddGatedGelu(graph, inner, shape.FeedForward, $"{name}/feed_forward");
        var outer = form.AddLinear(graph, gated, XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        residual = graph.AddNode("Add", $"{name}/feed_forward/residual", [outer, residual]);
        return (residual, AddNorm(residual, XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm"));
    }

    private string AddPooled(string x)
    {
        if (!_rotary.PoolsMean)
        {
            return AddWide(graph.AddNode("Squeeze", "head/first", [x, graph.AddIntegers("head/axis", 1)]));
        }

        var kept = graph.AddNode("Cast", "head/kept", [_mask], OnnxAttribute.Create("to", (long)OnnxType.Float));
        var column = graph.AddNode("Unsqueeze", "head/column", [kept, graph.AddIntegers("head/last", -1)]);
        var axis = graph.AddIntegers("head/axis", 1);
        var sum = graph.AddNode("ReduceSum", "head/sum", [graph.AddNode("Mul", "head/real", [AddWide(x), column]), axis], OnnxAttribute.Create("keepdims", 0L));
        var count = graph.AddNode("ReduceSum", "head/count", [column, axis], OnnxAttribute.Create("keepdims", 0L));
        return graph.AddNode("Div", "head/mean", [sum, graph.AddNode("Max", "head/tokens", [count, graph.AddScalar("head/one", OnnxType.Float, 1)])]);
    }

    private string AddWide(string x) => form.ActivationType == OnnxType.Float ? x : RotaryHead.AddWide(graph, x);

    private string AddFirst(string name, string x) => graph.AddNode(
        "Gather", name, [x, graph.AddIntegers("first/index", 0)], OnnxAttribute.Create("axis", 1));

    private string AddNorm(string x, string module, string output) => form.AddNorm(graph, x, module, shape.Hidden, shape.LayerNormEpsilon, output);
}
