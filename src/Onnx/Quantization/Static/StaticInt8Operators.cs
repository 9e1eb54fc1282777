using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>
/// INT8 for TensorRT, explicit: every linear module of <see cref="QuantizedLinears"/> reads an activation that went through
/// QuantizeLinear and DequantizeLinear with a static scale, and an INT8 matrix through DequantizeLinear with a scale a
/// column. TensorRT turns the pair around a product into an INT8 product. All else, normalization, softmax, GELU and
/// residuals, is FP16, as in <see cref="FloatOperators"/>.
/// </summary>
/// <param name="shape">Shape of the encoder.</param>
/// <param name="scales">Scales of the activations; the products of those without one are FP16.</param>
/// <param name="folding">Factors that are in the weights.</param>
internal sealed class StaticInt8Operators(ModelShape shape, ActivationScales scales, FactorFolding folding) : IPrecisionOperators
{
    private const int ColumnAxis = 1;

    private readonly FloatOperators _half = new(OnnxType.Float16);
    private readonly HashSet<string> _quantized = [];
    private readonly Dictionary<string, string> _inputOf = QuantizedLinears.ListInputs(shape)
        .Where(input => scales.IsQuantized(input.Value))
        .SelectMany(input => input.Modules.Select(module => (module, input.Value)))
        .ToDictionary(p => p.module, p => p.Value);

    public OnnxType ActivationType => _half.ActivationType;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output) => _half.AddLookup(graph, table, ids, output);

    public string UseTable(GraphBuilder graph, string table) => _half.UseTable(graph, table);

    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output)
        => _half.AddNorm(graph, x, module, size, epsilon, output);

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
    {
        if (!_inputOf.TryGetValue(module, out var input))
        {
            return _half.AddLinear(graph, x, module, output);
        }

        var product = graph.AddNode("MatMul", $"{output}/product", [AddQuantizeDequantize(graph, x, input), AddDequantizedMatrix(graph, module)]);
        return graph.AddNode("Add", output, [product, graph.UseWeight(TensorNames.NameBias(module))]);
    }

    public string UseShortcut(GraphBuilder graph, string x, string value, string output) => folding.FindShortcut(value) is null
        ? x
        : graph.AddNode("Mul", output, [x, graph.UseWeight(QuantizedNames.NameSmoothing(value))]);

    // Once a value: query, key and value share it.
    private string AddQuantizeDequantize(GraphBuilder graph, string x, string value)
    {
        var rounded = QuantizedNames.NameRounded(value);
        if (_quantized.Add(value))
        {
            // Without a zero point the levels would be UINT8, which TensorRT does not take.
            var scale = graph.AddScalar($"{value}/scale", OnnxType.Float16, scales[value]);
            var zero = graph.AddZeros("levels/zero");
            var levels = graph.AddNode("QuantizeLinear", $"{value}/levels", [x, scale, zero]);
            graph.AddNode("DequantizeLinear", rounded, [levels, scale, zero]);
        }

        return rounded;
    }

    private static string AddDequantizedMatrix(GraphBuilder graph, string module)
    {
        var weight = TensorNames.NameWeight(module);
        var columns = graph.FindDimensions(weight)[ColumnAxis];
        return graph.AddNode(
            "DequantizeLinear", $"{weight}/wide",
            [graph.UseWeight(weight), graph.UseWeight(QuantizedNames.NameScale(weight)), graph.AddZeros($"levels/zeros.{columns}", columns)],
            OnnxAttribute.Create("axis", ColumnAxis));
    }
}
