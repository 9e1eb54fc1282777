using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>
/// The steps of a packed graph in FP8. Every value that a product reads is written as e4m3 by the step that makes it, so nothing
/// passes over memory only to be rounded. e4m3 is declared UINT8, because ONNX Runtime moves those on every device.
/// </summary>
internal sealed class Fp8PackedSteps(ModelShape shape, Fp8Scales scales) : IRotarySteps
{
    public PackedHidden AddEmbeddings(GraphBuilder graph, string ids, string positions, string output)
    {
        var hidden = new PackedHidden(output, $"{output}/e4m3");
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.NormalizedEmbeddingsFp8, [hidden.Half, hidden.Product], HalfPackedSteps.ListEmbeddingInputs(graph, ids, positions),
            OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon), CreateOutputScale(output));
        return hidden;
    }

    public PackedHidden AddNormalizedSum(GraphBuilder graph, string x, string residual, string norm, string output, bool isMultiplied)
    {
        string[] inputs = [x, residual, graph.UseWeight(TensorNames.NameWeight(norm)), graph.UseWeight(TensorNames.NameBias(norm))];
        var epsilon = OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon);
        if (!isMultiplied)
        {
            graph.AddNode(GraphBuilder.EngineDomain, GraphOperators.NormalizedSum, [output], inputs, epsilon);
            return new PackedHidden(output, output);
        }

        var hidden = new PackedHidden(output, $"{output}/e4m3");
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.NormalizedSumFp8, [hidden.Half, hidden.Product], inputs, epsilon, CreateOutputScale(output));
        return hidden;
    }

    public string AddQueryKeyValue(GraphBuilder graph, string x, int layer)
    {
        var module = XlmRobertaTensors.NameQueryKeyValue(layer);
        return AddNode(
            graph, GraphOperators.Fp8Linear, $"{module}/linear", [x, UseMatrix(graph, module), HalfPackedSteps.AddJoinedBias(graph, layer)],
            CreateScale(XlmRobertaTensors.NameQuery(layer)));
    }

    public string AddAttention(GraphBuilder graph, string queryKeyValue, string output) => AddNode(
        graph, GraphOperators.PackedAttentionFp8, output, [queryKeyValue, PackedGraph.SequenceStarts],
        OnnxAttribute.Create(GraphOperators.Heads, (long)shape.Heads), CreateOutputScale(output));

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
        => AddNode(graph, GraphOperators.Fp8Linear, output, ListInputs(graph, x, module), CreateScale(module));

    public string AddLinearGelu(GraphBuilder graph, string x, string module, string output)
        => AddNode(graph, GraphOperators.Fp8LinearGelu, output, ListInputs(graph, x, module), CreateScale(module), CreateOutputScale(output));

    public string AddRead(GraphBuilder graph, string x) => AddNode(graph, GraphOperators.QuantizeFp8, $"{x}/e4m3", [x], CreateOutputScale(x));

    public string AddKeptSum(GraphBuilder graph, string x, string residual, string norm, string sum, string output)
    {
        graph.AddNode(
            GraphBuilder.EngineDomain, GraphOperators.KeptSumFp8, [sum, $"{output}/e4m3"],
            [x, residual, graph.UseWeight(TensorNames.NameWeight(norm)), graph.UseWeight(TensorNames.NameBias(norm))],
            OnnxAttribute.Create(GraphOperators.Epsilon, shape.LayerNormEpsilon), CreateOutputScale(output));
        return $"{output}/e4m3";
    }

    public string AddRotaryAttention(GraphBuilder graph, string queryKeyValue, int layer, string output) => AddNode(
        graph, GraphOperators.PackedRotaryAttentionFp8, output,
        [queryKeyValue, PackedGraph.SequenceStarts, HalfPackedSteps.AddFrequencies(graph, shape, layer)],
        OnnxAttribute.Create(GraphOperators.Heads, (long)shape.Heads), HalfPackedSteps.CreateWindow(shape, layer), CreateOutputScale(output));

    public string AddGatedGelu(GraphBuilder graph, string x, string output)
        => AddNode(graph, GraphOperators.GatedGeluFp8, output, [x], CreateOutputScale(output));

    private static string[] ListInputs(GraphBuilder graph, string x, string module)
        => [x, UseMatrix(graph, module), graph.UseWeight(TensorNames.NameBias(module))];

    private static string UseMatrix(GraphBuilder graph, string module) => graph.UseWeight(TensorNames.NameWeight(module), OnnxType.UInt8);

    private OnnxAttribute CreateScale(string module)
        => OnnxAttribute.Create(GraphOperators.Scale, scales.FindInputScale(module) * scales.FindWeightScale(module));

    private OnnxAttribute CreateOutputScale(string value) => OnnxAttribute.Create(GraphOperators.OutputScale, scales.FindScale(value));

    private static string AddNode(GraphBuilder graph, string operation, string output, string[] inputs, params OnnxAttribute[] attributes)
    {
        graph.AddNode(GraphBuilder.EngineDomain, operation, [output], inputs, attributes);
        return output;
    }
}
