using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The steps in FP16. The joint matrix is put together when a session is made, by constant folding, so that the weights file
/// stays as other forms read it.
/// </summary>
internal sealed class HalfPackedSteps(ModelShape shape) : IRotarySteps
{
    public PackedHidden AddEmbeddings(GraphBuilder graph, string ids, string positions, string output)
    {
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.NormalizedEmbeddings, [output], ListEmbeddingInputs(graph, ids, positions),
            OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon));
        return new PackedHidden(output, output);
    }

    public PackedHidden AddNormalizedSum(GraphBuilder graph, string x, string residual, string norm, string output, bool isMultiplied)
    {
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.NormalizedSum, [output],
            [x, residual, graph.UseWeight(TensorNames.NameWeight(norm)), graph.UseWeight(TensorNames.NameBias(norm))],
            OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon));
        return new PackedHidden(output, output);
    }

    public string AddQueryKeyValue(GraphBuilder graph, string x, int layer)
    {
        var module = XlmRobertaTensors.NameQueryKeyValue(layer);
        var weights = AddJoined(graph, TensorNames.NameWeight(module), layer, TensorNames.NameWeight, axis: 1);
        return AddNode(graph, GraphOperators.Linear, $"{module}/linear", [x, weights, AddJoinedBias(graph, layer)]);
    }

    public string AddAttention(GraphBuilder graph, string queryKeyValue, string output) => AddNode(
        graph, GraphOperators.PackedAttention, output, [queryKeyValue, PackedGraph.SequenceStarts],
        OnnxAttribute.Create(GraphOperators.Heads, (long)shape.Heads));

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
        => AddNode(graph, GraphOperators.Linear, output, [x, .. UseWeightAndBias(graph, module)]);

    public string AddLinearGelu(GraphBuilder graph, string x, string module, string output)
        => AddNode(graph, GraphOperators.LinearGelu, output, [x, .. UseWeightAndBias(graph, module)]);

    public string AddRead(GraphBuilder graph, string x) => x;

    public string AddKeptSum(GraphBuilder graph, string x, string residual, string norm, string sum, string output)
    {
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.KeptSum, [sum, output],
            [x, residual, graph.UseWeight(TensorNames.NameWeight(norm)), graph.UseWeight(TensorNames.NameBias(norm))],
            OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon));
        return output;
    }

    public string AddRotaryAttention(GraphBuilder graph, string queryKeyValue, int layer, string output) => AddNode(
        graph, GraphOperators.PackedRotaryAttention, output, [queryKeyValue, PackedGraph.SequenceStarts, AddFrequencies(graph, shape, layer)],
        OnnxAttribute.Create(GraphOperators.Heads, (long)shape.Heads), CreateWindow(shape, layer));

    public string AddGatedGelu(GraphBuilder graph, string x, string output) => AddNode(graph, GraphOperators.GatedGelu, output, [x]);

    /// <summary>Both tables with the rows that are read in them, and the normalization behind them.</summary>
    public static string[] ListEmbeddingInputs(GraphBuilder graph, string ids, string positions) =>
    [
        graph.UseWeight(XlmRobertaTensors.WordEmbeddings), ids, graph.UseWeight(XlmRobertaTensors.PositionEmbeddings), positions,
        .. UseWeightAndBias(graph, XlmRobertaTensors.EmbeddingNorm),
    ];

    /// <summary>The frequencies of a layer's rotary positions.</summary>
    public static string AddFrequencies(GraphBuilder graph, ModelShape shape, int layer) => shape.Rotary!.IsGlobal(layer)
        ? graph.AddFloats("rotary/global/frequencies", RotaryPositions.ListFrequencies(shape, isGlobal: true))
        : graph.AddFloats("rotary/local/frequencies", RotaryPositions.ListFrequencies(shape, isGlobal: false));

    /// <summary>How far a layer's tokens see.</summary>
    public static OnnxAttribute CreateWindow(ModelShape shape, int layer)
        => OnnxAttribute.Create(GraphOperators.Window, shape.Rotary!.IsGlobal(layer) ? -1L : shape.Rotary.Window);

    /// <summary>The biases of query, key and value one after another.</summary>
    public static string AddJoinedBias(GraphBuilder graph, int layer)
        => AddJoined(graph, TensorNames.NameBias(XlmRobertaTensors.NameQueryKeyValue(layer)), layer, TensorNames.NameBias, axis: 0);

    private static string AddJoined(GraphBuilder graph, string output, int layer, Func<string, string> nameTensor, long axis) => graph.AddNode(
        "Concat", output,
        [
            graph.UseWeight(nameTensor(XlmRobertaTensors.NameQuery(layer))),
            graph.UseWeight(nameTensor(XlmRobertaTensors.NameKey(layer))),
            graph.UseWeight(nameTensor(XlmRobertaTensors.NameValue(layer))),
        ],
        OnnxAttribute.Create("axis", axis));

    private static string[] UseWeightAndBias(GraphBuilder graph, string module)
        => [graph.UseWeight(TensorNames.NameWeight(module)), graph.UseWeight(TensorNames.NameBias(module))];

    private static string AddNode(GraphBuilder graph, string operation, string output, string[] inputs, params OnnxAttribute[] attributes)
    {
        graph.AddNode(GraphBuilder.EngineDomain, operation, [output], inputs, attributes);
        return output;
    }
}
