using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>
/// The padded graph of an FP8 model in standard operators, for runs without a GPU: every product reads activations and weights
/// that went through e4m3 with the engine's scales, and sums in FP32 as the engine does. All between products is FP32, where the
/// engine has FP16 in memory; GELU is the tanh form, as in the engine's products.
/// </summary>
/// <param name="scales">The scales.</param>
/// <param name="roundsHalf">True rounds what the engine has in memory to FP16 as well.</param>
/// <remarks>
/// e4m3 is said with Cast, Div and Mul and not with QuantizeLinear and DequantizeLinear: ONNX Runtime 1.31 takes those for INT8,
/// moves them over transpositions and fuses them into integer products, and then refuses the graph that it made.
/// </remarks>
internal sealed class Fp8Operators(Fp8Scales scales, bool roundsHalf = false) : IPrecisionOperators
{
    private readonly HashSet<string> _quantized = [];
    private readonly HashSet<string> _wide = [];

    public OnnxType ActivationType => OnnxType.Float;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output) => AddCast(
        graph, graph.AddNode("Gather", $"{output}/rows", [graph.UseWeight(table), ids]), output);

    public string UseTable(GraphBuilder graph, string table) => UseWide(graph, table);

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
    {
        var product = graph.AddNode("MatMul", $"{output}/product", [AddRounded(graph, x, scales.FindInputScale(module)), AddTurnedMatrix(graph, module)]);
        return AddStored(graph, output, sum => graph.AddNode("Add", sum, [product, UseWide(graph, TensorNames.NameBias(module))]));
    }

    public string AddGelu(GraphBuilder graph, string x, string output)
        => graph.AddNode("Gelu", output, [x], OnnxAttribute.Create("approximate", "tanh"));

    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output) => AddStored(graph, output, norm => graph.AddNode(
        "LayerNormalization", norm, [x, UseWide(graph, TensorNames.NameWeight(module)), UseWide(graph, TensorNames.NameBias(module))],
        OnnxAttribute.Create("axis", -1), OnnxAttribute.Create("epsilon", epsilon)));

    // A value that the engine writes to memory, in FP16, and reads again.
    private string AddStored(GraphBuilder graph, string output, Func<string, string> add)
    {
        if (!roundsHalf)
        {
            return add(output);
        }

        var half = graph.AddNode("Cast", $"{output}/half", [add($"{output}/unrounded")], OnnxAttribute.Create("to", (long)OnnxType.Float16));
        return AddCast(graph, half, output);
    }

    // Once a value: query, key and value share it.
    private string AddRounded(GraphBuilder graph, string x, float scale)
    {
        var rounded = $"{x}/rounded";
        if (_quantized.Add(x))
        {
            var factor = graph.AddScalar($"{x}/scale", OnnxType.Float, scale);
            var scaled = graph.AddNode("Div", $"{x}/scaled_for_e4m3", [x, factor]);
            var e4m3 = graph.AddNode("Cast", $"{x}/e4m3", [scaled], OnnxAttribute.Create("to", (long)OnnxType.Float8E4M3));
            graph.AddNode("Mul", rounded, [AddCast(graph, e4m3, $"{x}/levels"), factor]);
        }

        return rounded;
    }

    private string AddTurnedMatrix(GraphBuilder graph, string module)
    {
        var weight = TensorNames.NameWeight(module);
        var levels = AddCast(graph, graph.UseWeight(weight), $"{weight}/levels");
        var wide = graph.AddNode("Mul", $"{weight}/wide", [levels, graph.AddScalar($"{weight}/scale", OnnxType.Float, scales.FindWeightScale(module))]);
        return graph.AddNode("Transpose", $"{weight}/turned", [wide], OnnxAttribute.Create("perm", 1, 0));
    }

    private string UseWide(GraphBuilder graph, string weight)
    {
        var used = graph.UseWeight(weight);
        if (graph.FindType(weight) == OnnxType.Float)
        {
            return used;
        }

        var wide = $"{weight}/wide";
        return _wide.Add(weight) ? AddCast(graph, used, wide) : wide;
    }

    private static string AddCast(GraphBuilder graph, string x, string output)
        => graph.AddNode("Cast", output, [x], OnnxAttribute.Create("to", (long)OnnxType.Float));
}
