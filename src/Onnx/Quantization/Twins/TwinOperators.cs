using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>
/// A quantized model said in FP32: activations are rounded to the levels of the format and back, weights were rounded before.
/// It gives what the real one gives but for the rounding of FP16 between layers, at the speed of FP32 on any processor.
/// </summary>
/// <param name="shape">Shape of the encoder.</param>
/// <param name="candidate">How it is quantized.</param>
/// <param name="scales">Static scales of its activations; null where every row has its own.</param>
/// <param name="folding">What is folded into its weights.</param>
internal sealed class TwinOperators(ModelShape shape, QuantizationCandidate candidate, ActivationScales? scales, FactorFolding folding) : IPrecisionOperators
{
    private readonly FloatOperators _float = new(OnnxType.Float);
    private readonly HashSet<string> _rounded = [];
    private readonly Dictionary<string, string> _inputOf = TwinInputs.List(shape, candidate.Format)
        .Where(input => !candidate.Kept.Contains(input.Value))
        .SelectMany(input => input.Modules.Select(module => (module, input.Value)))
        .ToDictionary(p => p.module, p => p.Value);

    public OnnxType ActivationType => OnnxType.Float;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output) => _float.AddLookup(graph, table, ids, output);

    public string UseTable(GraphBuilder graph, string table) => _float.UseTable(graph, table);

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
    {
        var weight = TensorNames.NameWeight(module);
        var product = _inputOf.TryGetValue(module, out var value)
            ? graph.AddNode("MatMul", $"{output}/product", [AddRounded(graph, x, value), graph.UseWeight(candidate.Variant.NameRounded(weight))])
            : graph.AddNode("MatMul", $"{output}/product", [x, UseFolded(graph, weight)]);
        return graph.AddNode("Add", output, [product, UseFolded(graph, TensorNames.NameBias(module))]);
    }

    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output) => graph.AddNode(
        "LayerNormalization", output, [x, UseFolded(graph, TensorNames.NameWeight(module)), UseFolded(graph, TensorNames.NameBias(module))],
        OnnxAttribute.Create("axis", -1), OnnxAttribute.Create("epsilon", epsilon));

    public string UseShortcut(GraphBuilder graph, string x, string value, string output) => folding.FindShortcut(value) is null
        ? x
        : graph.AddNode("Mul", output, [x, graph.UseWeight(candidate.Variant.NameFolded(QuantizedNames.NameSmoothing(value)))]);

    // As the engine's products have it.
    public string AddGelu(GraphBuilder graph, string x, string output) => candidate.Format == QuantizedFormat.Fp8
        ? graph.AddNode("Gelu", output, [x], OnnxAttribute.Create("approximate", "tanh"))
        : graph.AddNode("Gelu", output, [x]);

    private float FindStoredScale(float scale) => candidate.Format == QuantizedFormat.Int8 ? (float)(Half)scale : scale;

    private string UseFolded(GraphBuilder graph, string tensor)
        => graph.UseWeight(folding.IsFolded(tensor) ? candidate.Variant.NameFolded(tensor) : tensor);

    // Plain operators and not QuantizeLinear, which ONNX Runtime moves and fuses. The last layer's query and shortcut read a part
    // of the value that keys read, so what is rounded is told by its own name.
    private string AddRounded(GraphBuilder graph, string x, string value)
    {
        var rounded = $"{x}/rounded";
        if (_rounded.Add(x))
        {
            var scale = scales is null ? AddRowScale(graph, x) : graph.AddScalar($"{x}/scale", OnnxType.Float, FindStoredScale(scales[value]));
            var scaled = graph.AddNode("Div", $"{x}/scaled", [x, scale]);
            graph.AddNode("Mul", rounded, [candidate.Format == QuantizedFormat.Int8 ? AddIntegers(graph, scaled) : AddE4M3(graph, scaled), scale]);
        }

        return rounded;
    }

    private string AddRowScale(GraphBuilder graph, string x)
    {
        var largest = graph.AddNode("ReduceMax", $"{x}/largest", [graph.AddNode("Abs", $"{x}/magnitudes", [x]), graph.AddIntegers("rows/axis", -1)]);
        var floored = graph.AddNode("Max", $"{x}/floored", [largest, graph.AddScalar("rows/floor", OnnxType.Float, 1e-6f)]);
        return graph.AddNode("Div", $"{x}/scale", [floored, graph.AddScalar("rows/levels", OnnxType.Float, candidate.Format.MaxLevel)]);
    }

    private static string AddIntegers(GraphBuilder graph, string scaled) => graph.AddNode("Clip", $"{scaled}/levels", [
        graph.AddNode("Round", $"{scaled}/round", [scaled]),
        graph.AddScalar("levels/lowest", OnnxType.Float, -QuantizedFormat.Int8.MaxLevel),
        graph.AddScalar("levels/highest", OnnxType.Float, QuantizedFormat.Int8.MaxLevel),
    ]);

    private static string AddE4M3(GraphBuilder graph, string scaled)
    {
        var levels = graph.AddNode("Cast", $"{scaled}/e4m3", [scaled], OnnxAttribute.Create("to", (long)OnnxType.Float8E4M3));
        return graph.AddNode("Cast", $"{scaled}/levels", [levels], OnnxAttribute.Create("to", (long)OnnxType.Float));
    }
}
