using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The form of standard operators for the CPU and TensorRT: <c>input_ids</c> and <c>attention_mask</c>, INT64
/// [batch, sequence], to <c>logits</c>, FP32 [batch, 1]. The last layer works on the first token alone behind its keys and
/// values, which is exact because the classifier reads nothing else, and saves 3.5 % of the operations of 24 layers.
/// </summary>
internal sealed class PaddedGraph
{
    /// <summary>Name of the form in a manifest.</summary>
    public const string Form = GraphForms.Padded;

    public const string InputIds = GraphTensors.InputIds;
    public const string AttentionMask = GraphTensors.AttentionMask;
    public const string Logits = GraphTensors.Logits;

    // Small enough for a sum with any score to stay inside FP16, large enough for exp() to give an exact zero. A finite
    // number keeps a row without any token finite too.
    private const float MaskedScore = -30_000f;

    private readonly GraphBuilder _graph;
    private readonly ModelShape _shape;
    private readonly IPrecisionOperators _form;
    private readonly EncoderParts _parts;
    private readonly TokenPlaces _places;

    private PaddedGraph(GraphBuilder graph, ModelShape shape, IPrecisionOperators form)
        => (_graph, _shape, _form, _parts, _places) = (graph, shape, form, new EncoderParts(graph, shape, form), new TokenPlaces(graph));

    /// <summary>Builds the graph file.</summary>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="form">Precision.</param>
    /// <param name="weights">Places of the weights.</param>
    /// <param name="weightsFile">File of the weights, beside the graph.</param>
    /// <param name="watched">Values that become outputs too, for calibration.</param>
    public static byte[] Build(
        ModelShape shape, IPrecisionOperators form, WeightsLayout weights, string weightsFile, IEnumerable<string>? watched = null)
    {
        var graph = new GraphBuilder(Form, weights, weightsFile);
        switch (shape.Rotary)
        {
            case null:
                new PaddedGraph(graph, shape, form).AddEncoder();
                break;
            case { NormsAfter: true }:
                new GatedGraph(graph, shape, form).AddEncoder();
                break;
            default:
                new RotaryGraph(graph, shape, form).AddEncoder();
                break;
        }

        foreach (var value in watched ?? [])
        {
            graph.AddOutput(value, form.ActivationType, "batch", "sequence", "channels");
        }

        return graph.Build();
    }

    /// <summary>Name of the hidden states that a layer reads.</summary>
    public static string NameLayerInput(int layer)
        => layer == 0 ? "embeddings/norm" : $"{EncoderParts.NameLayer(layer - 1)}/feed_forward/norm";

    private void AddEncoder()
    {
        var ids = _graph.AddInput(InputIds, OnnxType.Int64, "batch", "sequence");
        var mask = _graph.AddInput(AttentionMask, OnnxType.Int64, "batch", "sequence");
        var x = _parts.AddEmbeddings(ids, AddRows(ids, mask));
        var bias = AddMaskBias(mask);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            var queries = layer == _shape.Layers - 1
                ? _graph.AddNode("Gather", "first", [x, _graph.AddIntegers("first/index", 0)], OnnxAttribute.Create("axis", 1))
                : x;
            x = _parts.AddRestOfLayer(AddAttention(x, queries, bias, layer), queries, layer);
        }

        var first = _graph.AddNode("Squeeze", "head/first", [x, _graph.AddIntegers("head/axis", 1)]);
        _parts.AddHead(first, Logits);
        _graph.AddOutput(Logits, OnnxType.Float, "batch", "1");
    }

    // Positions count real tokens: XLM-RoBERTa's from padding_idx + 1 on, where padding itself has position padding_idx.
    private string AddPositions(string mask)
    {
        var numbers = _graph.AddNode("Add", "positions/numbers", [_places.UsePlaces(mask), _graph.AddScalar("positions/one", 1)]);
        var real = _graph.AddNode("Mul", "positions/real", [numbers, mask]);
        var before = (_shape.FirstPosition ?? ModelShape.UsualFirstPosition) - 1;
        return before < 0
            ? _graph.AddNode("Max", "positions", [_graph.AddNode("Add", "positions/places", [real, _graph.AddScalar("positions/padding", before)]), _graph.AddScalar("positions/least", 0)])
            : _graph.AddNode("Add", "positions", [real, _graph.AddScalar("positions/padding", before)]);
    }

    // Behind the token that ends the first of two segments a token reads the second half of the table.
    private string AddRows(string ids, string mask)
    {
        var positions = AddPositions(mask);
        if (_shape.SecondSegmentAfter is not { } end)
        {
            return positions;
        }

        var places = _places.UsePlaces(mask);
        var isEnd = _graph.AddNode("Equal", "segments/is_end", [ids, _graph.AddScalar("segments/separator", end)]);
        var ends = _graph.AddNode("Where", "segments/ends", [isEnd, places, _graph.AddScalar("segments/none", int.MaxValue)]);
        var first = _graph.AddNode("ReduceMin", "segments/first", [ends, _graph.AddIntegers("segments/axis", 1)]);
        var second = _graph.AddNode(
            "Cast", "segments/second", [_graph.AddNode("Greater", "segments/is_second", [places, first])], OnnxAttribute.Create("to", (long)OnnxType.Int64));
        return _graph.AddNode("Add", "positions/rows", [positions, _graph.AddNode("Mul", "segments/rows", [second, _graph.AddScalar("segments/half", _shape.Positions)])]);
    }

    private string AddMaskBias(string mask)
    {
        var type = _form.ActivationType;
        var kept = _graph.AddNode("Cast", "mask/kept", [mask], OnnxAttribute.Create("to", (long)type));
        var hidden = _graph.AddNode("Sub", "mask/hidden", [_graph.AddScalar("mask/one", type, 1), kept]);
        var bias = _graph.AddNode("Mul", "mask/score", [hidden, _graph.AddScalar("mask/masked_score", type, MaskedScore)]);
        return _graph.AddNode("Unsqueeze", "mask/bias", [bias, _graph.AddIntegers("mask/axes", 1, 2)]);
    }

    private string AddAttention(string x, string queries, string bias, int layer)
    {
        var name = $"{EncoderParts.NameLayer(layer)}/attention";
        var type = _form.ActivationType;
        var headSize = _shape.Hidden / _shape.Heads;
        if (_form.HasAttention)
        {
            var inputs = new AttentionInputs(
                _parts.AddLinear(queries, XlmRobertaTensors.NameQuery(layer), $"{name}/query"),
                _parts.AddLinear(x, XlmRobertaTensors.NameKey(layer), $"{name}/key"),
                _parts.AddLinear(x, XlmRobertaTensors.NameValue(layer), $"{name}/value"),
                bias, _shape.Heads, _shape.Hidden);
            return _form.AddAttention(_graph, inputs, $"{name}/context");
        }

        // Half of 1/sqrt(d) on either side keeps the product of long vectors inside FP16.
        var scale = _graph.AddScalar("attention/scale", type, MathF.Pow(headSize, -0.25f));
        var q = SplitHeads(_parts.AddLinear(queries, XlmRobertaTensors.NameQuery(layer), $"{name}/query"), 0, 2, 1, 3);
        var k = SplitHeads(_parts.AddLinear(x, XlmRobertaTensors.NameKey(layer), $"{name}/key"), 0, 2, 3, 1);
        var v = SplitHeads(_parts.AddLinear(x, XlmRobertaTensors.NameValue(layer), $"{name}/value"), 0, 2, 1, 3);
        var scores = _graph.AddNode("MatMul", $"{name}/scores", [
            _graph.AddNode("Mul", $"{q}/scaled", [q, scale]),
            _graph.AddNode("Mul", $"{k}/scaled", [k, scale]),
        ]);
        var masked = _graph.AddNode("Add", $"{name}/masked", [scores, bias]);
        var shares = _graph.AddNode("Softmax", $"{name}/shares", [masked], OnnxAttribute.Create("axis", -1));
        var mixed = _graph.AddNode("MatMul", $"{name}/mixed", [shares, v]);
        var merged = _graph.AddNode("Transpose", $"{name}/merged", [mixed], OnnxAttribute.Create("perm", 0, 2, 1, 3));
        return _graph.AddNode("Reshape", $"{name}/context", [merged, _graph.AddIntegers("attention/hidden", 0, 0, _shape.Hidden)]);
    }

    private string SplitHeads(string x, params long[] order)
    {
        var headSize = _shape.Hidden / _shape.Heads;
        var split = _graph.AddNode("Reshape", $"{x}/split", [x, _graph.AddIntegers("attention/heads", 0, 0, _shape.Heads, headSize)]);
        return _graph.AddNode("Transpose", $"{x}/heads", [split], OnnxAttribute.Create("perm", order));
    }
}
