using Reranker.Inference.Models;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// Rotary positions (Su et al., "RoFormer", 2021, with the halves of a head turned against each other) and the window of local layers,
/// both from places in the padded row: padding comes last, so a token's place is its position.
/// </summary>
internal sealed class RotaryPositions(GraphBuilder graph, ModelShape shape, OnnxType type)
{
    /// <summary>As in <see cref="PaddedGraph"/>: fits FP16, also twice.</summary>
    public const float MaskedScore = -30_000f;

    private readonly RotaryShape _rotary = shape.Rotary!;
    private readonly TokenPlaces _places = new(graph);
    private readonly Dictionary<bool, (string Cosine, string Sine)> _tables = [];

    /// <summary>The mask's bias with that of the window, [batch, 1, sequence, sequence].</summary>
    /// <param name="maskBias">The mask's bias, [batch, 1, 1, sequence].</param>
    /// <param name="ids">The token ids, whose width counts.</param>
    public string AddWindowBias(string maskBias, string ids)
    {
        var places = _places.UsePlaces(ids);
        var down = graph.AddNode("Unsqueeze", "window/down", [places, graph.AddIntegers("window/column", 1)]);
        var across = graph.AddNode("Unsqueeze", "window/across", [places, graph.AddIntegers("window/row", 0)]);
        var distance = graph.AddNode("Abs", "window/distance", [graph.AddNode("Sub", "window/difference", [down, across])]);
        var far = graph.AddNode("Greater", "window/far", [distance, graph.AddScalar("window/reach", _rotary.Window)]);
        var hidden = graph.AddNode(
            "Where", "window/bias", [far, graph.AddScalar("mask/masked_score", type, MaskedScore), graph.AddScalar("window/seen", type, 0)]);

        // A sum of both would leave FP16; the smaller one of them is enough.
        return graph.AddNode("Min", "window/mask", [maskBias, hidden]);
    }

    /// <summary>Queries or keys turned by their positions, [batch, heads, sequence, head size].</summary>
    public string AddTurned(string x, string ids, bool isGlobal)
    {
        var (cosine, sine) = UseTables(ids, isGlobal);
        var half = shape.Hidden / shape.Heads / 2;
        graph.AddNode("", "Split", [$"{x}/left", $"{x}/right"], [x, graph.AddIntegers("rotary/halves", half, half)], OnnxAttribute.Create("axis", -1));
        string Multiply(string part, string table, string name) => graph.AddNode("Mul", $"{x}/{name}", [$"{x}/{part}", table]);
        var left = graph.AddNode("Sub", $"{x}/turned_left", [Multiply("left", cosine, "left_cosine"), Multiply("right", sine, "right_sine")]);
        var right = graph.AddNode("Add", $"{x}/turned_right", [Multiply("right", cosine, "right_cosine"), Multiply("left", sine, "left_sine")]);
        return graph.AddNode("Concat", $"{x}/turned", [left, right], OnnxAttribute.Create("axis", -1));
    }

    /// <summary>Cosines and sines of each place's angles, [sequence, head size / 2].</summary>
    public (string Cosine, string Sine) UseTables(string ids, bool isGlobal)
    {
        if (_tables.TryGetValue(isGlobal, out var tables))
        {
            return tables;
        }

        var name = isGlobal ? "rotary/global" : "rotary/local";
        var places = graph.AddNode("Cast", $"{name}/places", [_places.UsePlaces(ids)], OnnxAttribute.Create("to", (long)OnnxType.Float));
        var column = graph.AddNode("Unsqueeze", $"{name}/column", [places, graph.AddIntegers("window/column", 1)]);

        // Angles are FP32: FP16 has no steps of one from 2,048 on.
        var angles = graph.AddNode("Mul", $"{name}/angles", [column, graph.AddRow($"{name}/frequencies", ListFrequencies(shape, isGlobal))]);
        string AddTable(string operation, string table) => graph.AddNode(
            "Cast", $"{name}/{table}", [graph.AddNode(operation, $"{name}/{table}/wide", [angles])], OnnxAttribute.Create("to", (long)type));
        return _tables[isGlobal] = (AddTable("Cos", "cosine"), AddTable("Sin", "sine"));
    }

    /// <summary>By what a place is multiplied for the angle of each column of a head's half.</summary>
    public static float[] ListFrequencies(ModelShape shape, bool isGlobal)
    {
        var size = shape.Hidden / shape.Heads;
        return [.. Enumerable.Range(0, size / 2).Select(i => (float)shape.Rotary!.FindFrequency(isGlobal, i, size))];
    }
}
