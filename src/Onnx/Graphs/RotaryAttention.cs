using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;

namespace Reranker.Onnx.Graphs;

/// <summary>Attention of padded graphs whose queries and keys are turned by their positions.</summary>
internal sealed class RotaryAttention(GraphBuilder graph, ModelShape shape, IPrecisionOperators form)
{
    private readonly RotaryShape _rotary = shape.Rotary!;

    /// <summary>The positions.</summary>
    public RotaryPositions Positions { get; } = new(graph, shape, form.ActivationType);

    /// <summary>What each token takes from the others, [batch, sequence, hidden].</summary>
    /// <param name="ids">The token ids, whose width counts.</param>
    /// <param name="x">What keys and values are made of.</param>
    /// <param name="queries">What queries are made of: the same, or its first tokens.</param>
    /// <param name="bias">What is added to scores.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="isFirstAlone">True where there are queries of first tokens alone, whose angle is 0: they are not turned.</param>
    public string AddAttention(string ids, string x, string queries, string bias, int layer, bool isFirstAlone)
    {
        var name = $"{EncoderParts.NameLayer(layer)}/attention";
        if (form.HasAttention)
        {
            var inputs = new AttentionInputs(
                form.AddLinear(graph, queries, XlmRobertaTensors.NameQuery(layer), $"{name}/query"),
                form.AddLinear(graph, x, XlmRobertaTensors.NameKey(layer), $"{name}/key"),
                form.AddLinear(graph, x, XlmRobertaTensors.NameValue(layer), $"{name}/value"),
                isFirstAlone ? AddFirstBias(bias, layer) : bias, shape.Heads, shape.Hidden)
            {
                Turns = Positions.UseTables(ids, _rotary.IsGlobal(layer)),
            };
            return form.AddAttention(graph, inputs, $"{name}/context");
        }

        var headSize = shape.Hidden / shape.Heads;
        var scale = graph.AddScalar("attention/scale", form.ActivationType, MathF.Pow(headSize, -0.25f));
        var q = SplitHeads(form.AddLinear(graph, queries, XlmRobertaTensors.NameQuery(layer), $"{name}/query"));
        var k = SplitHeads(form.AddLinear(graph, x, XlmRobertaTensors.NameKey(layer), $"{name}/key"));
        var v = SplitHeads(form.AddLinear(graph, x, XlmRobertaTensors.NameValue(layer), $"{name}/value"));
        q = isFirstAlone ? q : Positions.AddTurned(q, ids, _rotary.IsGlobal(layer));
        var turned = graph.AddNode(
            "Transpose", $"{name}/keys", [Positions.AddTurned(k, ids, _rotary.IsGlobal(layer))], OnnxAttribute.Create("perm", 0, 1, 3, 2));
        var scores = graph.AddNode("MatMul", $"{name}/scores", [
            graph.AddNode("Mul", $"{name}/query/shrunk", [q, scale]), graph.AddNode("Mul", $"{name}/key/shrunk", [turned, scale]),
        ]);
        var masked = graph.AddNode("Add", $"{name}/masked", [scores, isFirstAlone ? AddFirstBias(bias, layer) : bias]);
        var shares = graph.AddNode("Softmax", $"{name}/shares", [masked], OnnxAttribute.Create("axis", -1));
        var mixed = graph.AddNode("MatMul", $"{name}/mixed", [shares, v]);
        var merged = graph.AddNode("Transpose", $"{name}/merged", [mixed], OnnxAttribute.Create("perm", 0, 2, 1, 3));
        return graph.AddNode("Reshape", $"{name}/context", [merged, graph.AddIntegers("attention/hidden", 0, 0, shape.Hidden)]);
    }

    /// <summary>What is added to the scores of padding, [batch, 1, 1, sequence].</summary>
    public string AddMaskBias(string mask)
    {
        var type = form.ActivationType;
        var kept = graph.AddNode("Cast", "mask/kept", [mask], OnnxAttribute.Create("to", (long)type));
        var hidden = graph.AddNode("Sub", "mask/hidden", [graph.AddScalar("mask/one", type, 1), kept]);
        var bias = graph.AddNode("Mul", "mask/score", [hidden, graph.AddScalar("mask/masked_score", type, RotaryPositions.MaskedScore)]);
        return graph.AddNode("Unsqueeze", "mask/bias", [bias, graph.AddIntegers("mask/axes", 1, 2)]);
    }

    // That of a window has a row a query.
    private string AddFirstBias(string bias, int layer) => _rotary.IsGlobal(layer) ? bias : graph.AddNode(
        "Slice", $"{EncoderParts.NameLayer(layer)}/attention/bias",
        [bias, graph.AddIntegers("first/start", 0), graph.AddIntegers("first/end", 1), graph.AddIntegers("first/axis", 2)]);

    private string SplitHeads(string x)
    {
        var split = graph.AddNode("Reshape", $"{x}/split", [x, graph.AddIntegers("attention/heads", 0, 0, shape.Heads, shape.Hidden / shape.Heads)]);
        return graph.AddNode("Transpose", $"{x}/heads", [split], OnnxAttribute.Create("perm", 0, 2, 1, 3));
    }
}
