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
    private readonly RotaryPositions _positions = new(graph, shape, form.ActivationType);
    private readonly string _ids = graph.AddInput(PaddedGraph.InputIds, OnnxType.Int64, "batch", "sequence");
    private readonly string _mask = graph.AddInput(PaddedGraph.AttentionMask, OnnxType.Int64, "batch", "sequence");

    /// <summary>Adds the whole encoder.</summary>
    public void AddEncoder()
    {
        var words = form.AddLookup(graph, XlmRobertaTensors.WordEmbeddings, _ids, "embeddings/words");
        var residual = AddNorm(words, XlmRobertaTensors.EmbeddingNorm, PaddedGraph.NameLayerInput(0));
        var read = residual;
        var everywhere = AddMaskBias();
        var nearby = _positions.AddWindowBias(everywhere, _ids);
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

        var context = AddAttention(read, queries, bias, layer, isFirstAlone);
        var attended = form.AddLinear(graph, context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        residual = graph.AddNode("Add", $"{name}/attention/residual", [attended, residual]);
        var middle = AddNorm(residual, XlmRobertaTensors.NameAttentionNorm(layer), $"{name}/attention/norm");
        var inner = form.AddLinear(graph, middle, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/input");
        graph.AddNode(
            "", "Split", [$"{name}/feed_forward/active", $"{name}/feed_forward/gate"],
            [inner, graph.AddIntegers("feed_forward/halves", shape.FeedForward, shape.FeedForward)], OnnxAttribute.Create("axis", -1));
        // The exact one in all forms: no product of the CUDA engine has a gate behind it.
        var active = graph.AddNode("Gelu", $"{name}/feed_forward/activated", [$"{name}/feed_forward/active"]);
        var gated = graph.AddNode("Mul", $"{name}/feed_forward/gelu", [active, $"{name}/feed_forward/gate"]);
        var outer = form.AddLinear(graph, gated, XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        residual = graph.AddNode("Add", $"{name}/feed_forward/residual", [outer, residual]);
        return (residual, AddNorm(residual, XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm"));
    }

    // The first token's angle is 0: its query is not turned.
    private string AddAttention(string x, string queries, string bias, int layer, bool isFirstAlone)
    {
        var name = $"{EncoderParts.NameLayer(layer)}/attention";
        var headSize = shape.Hidden / shape.Heads;
        var scale = graph.AddScalar("attention/scale", form.ActivationType, MathF.Pow(headSize, -0.25f));
        var q = SplitHeads(form.AddLinear(graph, queries, XlmRobertaTensors.NameQuery(layer), $"{name}/query"));
        var k = SplitHeads(form.AddLinear(graph, x, XlmRobertaTensors.NameKey(layer), $"{name}/key"));
        var v = SplitHeads(form.AddLinear(graph, x, XlmRobertaTensors.NameValue(layer), $"{name}/value"));
        q = isFirstAlone ? q : _positions.AddTurned(q, _ids, _rotary.IsGlobal(layer));
        var turned = graph.AddNode(
            "Transpose", $"{name}/keys", [_positions.AddTurned(k, _ids, _rotary.IsGlobal(layer))], OnnxAttribute.Create("perm", 0, 1, 3, 2));
        var scores = graph.AddNode("MatMul", $"{name}/scores", [
            graph.AddNode("Mul", $"{name}/query/shrunk", [q, scale]), graph.AddNode("Mul", $"{name}/key/shrunk", [turned, scale]),
        ]);
        if (isFirstAlone && !_rotary.IsGlobal(layer))
        {
            bias = graph.AddNode("Slice", $"{name}/bias", [bias, graph.AddIntegers("first/start", 0), graph.AddIntegers("first/end", 1), graph.AddIntegers("first/axis", 2)]);
        }

        var masked = graph.AddNode("Add", $"{name}/masked", [scores, bias]);
        var shares = graph.AddNode("Softmax", $"{name}/shares", [masked], OnnxAttribute.Create("axis", -1));
        var mixed = graph.AddNode("MatMul", $"{name}/mixed", [shares, v]);
        var merged = graph.AddNode("Transpose", $"{name}/merged", [mixed], OnnxAttribute.Create("perm", 0, 2, 1, 3));
        return graph.AddNode("Reshape", $"{name}/context", [merged, graph.AddIntegers("attention/hidden", 0, 0, shape.Hidden)]);
    }

    private string SplitHeads(string x)
    {
        var split = graph.AddNode("Reshape", $"{x}/split", [x, graph.AddIntegers("attention/heads", 0, 0, shape.Heads, shape.Hidden / shape.Heads)]);
        return graph.AddNode("Transpose", $"{x}/heads", [split], OnnxAttribute.Create("perm", 0, 2, 1, 3));
    }

    private string AddMaskBias()
    {
        var type = form.ActivationType;
        var kept = graph.AddNode("Cast", "mask/kept", [_mask], OnnxAttribute.Create("to", (long)type));
        var hidden = graph.AddNode("Sub", "mask/hidden", [graph.AddScalar("mask/one", type, 1), kept]);
        var bias = graph.AddNode("Mul", "mask/score", [hidden, graph.AddScalar("mask/masked_score", type, RotaryPositions.MaskedScore)]);
        return graph.AddNode("Unsqueeze", "mask/bias", [bias, graph.AddIntegers("mask/axes", 1, 2)]);
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
