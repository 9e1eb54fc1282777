using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>
/// INT8 for TensorRT, explicit: every linear module of <see cref="QuantizedLinears"/> reads an activation that went through
/// QuantizeLinear and DequantizeLinear with a static scale, and an INT8 matrix through DequantizeLinear with a scale a
/// column. TensorRT turns the pair around a product into an INT8 product. All else, normalization, softmax, GELU and
/// residuals, is FP16, as in <see cref="FloatOperators"/>.
/// </summary>
internal sealed class StaticInt8Operators(ModelShape shape, ActivationScales scales) : IPrecisionOperators
{
    private const int ColumnAxis = 1;

    private readonly FloatOperators _half = new(OnnxType.Float16);
    private readonly HashSet<string> _quantized = [];
    private readonly Dictionary<string, string> _inputOf = QuantizedLinears.ListInputs(shape)
        .SelectMany(input => input.Modules.Select(module => (module, input.Value)))
        .ToDictionary(p => p.module, p => p.Value);

    public OnnxType ActivationType => _half.ActivationType;

    public string Lookup(GraphBuilder graph, string table, string ids, string output) => _half.Lookup(graph, table, ids, output);

    public string Table(GraphBuilder graph, string table) => _half.Table(graph, table);

    public string Norm(GraphBuilder graph, string x, string module, int size, float epsilon, string output)
        => _half.Norm(graph, x, module, size, epsilon, output);

    public string Linear(GraphBuilder graph, string x, string module, string output)
    {
        if (!_inputOf.TryGetValue(module, out var input))
        {
            return _half.Linear(graph, x, module, output);
        }

        var product = graph.Node("MatMul", $"{output}/product", [Rounded(graph, x, input), Matrix(graph, module)]);
        return graph.Node("Add", output, [product, graph.Weight(TensorNames.Bias(module))]);
    }

    // Once a value: query, key and value share it.
    private string Rounded(GraphBuilder graph, string x, string value)
    {
        var rounded = $"{value}/rounded";
        if (_quantized.Add(value))
        {
            // Without a zero point the levels would be UINT8, which TensorRT does not take.
            var scale = graph.Scalar($"{value}/scale", OnnxType.Float16, scales[value]);
            var zero = graph.Zeros("levels/zero");
            var levels = graph.Node("QuantizeLinear", $"{value}/levels", [x, scale, zero]);
            graph.Node("DequantizeLinear", rounded, [levels, scale, zero]);
        }

        return rounded;
    }

    private static string Matrix(GraphBuilder graph, string module)
    {
        var weight = TensorNames.Weight(module);
        var columns = graph.Dims(weight)[ColumnAxis];
        return graph.Node(
            "DequantizeLinear", $"{weight}/wide",
            [graph.Weight(weight), graph.Weight(QuantizedNames.Scale(weight)), graph.Zeros($"levels/zeros.{columns}", columns)],
            OnnxAttribute.Of("axis", ColumnAxis));
    }
}
