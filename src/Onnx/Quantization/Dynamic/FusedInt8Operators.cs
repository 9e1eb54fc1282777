using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Dynamic;

/// <summary>
/// The INT8 of <see cref="DynamicInt8Operators"/>, of the same weights, with what lies between its products in operators of the CPU engine's own:
/// they pass over a value once where small operators do it ten times, and give it as the next product quantizes it.
/// </summary>
internal sealed class FusedInt8Operators(ModelShape shape) : IPrecisionOperators
{
    private readonly DynamicInt8Operators _products = new(shape, areInputsMade: true);
    private readonly Dictionary<string, QuantizedInput> _inputs = QuantizedLinears.ListInputs(shape).ToDictionary(static i => i.Value);

    public OnnxType ActivationType => OnnxType.Float;

    public bool HasAttention => true;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output) => _products.AddLookup(graph, table, ids, output);

    public string UseTable(GraphBuilder graph, string table) => _products.UseTable(graph, table);

    public string AddLinear(GraphBuilder graph, string x, string module, string output) => _products.AddLinear(graph, x, module, output);

    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output)
        => AddNormalized(graph, CpuGraphOperators.Normalized, [x], new NormModule(module, size, epsilon), output);

    public string AddNormalizedSum(GraphBuilder graph, string x, string residual, string sum, NormModule norm, string output)
        => AddNormalized(graph, CpuGraphOperators.NormalizedSum, [x, residual], norm, output);

    public string AddGelu(GraphBuilder graph, string x, string output) => _inputs.TryGetValue(output, out var input)
        ? AddEven(graph, CpuGraphOperators.EvenGelu, x, input)
        : graph.AddNode("Gelu", output, [x]);

    public string AddGatedGelu(GraphBuilder graph, string inner, long columns, string name) => _inputs.TryGetValue($"{name}/gelu", out var input)
        ? AddEven(graph, CpuGraphOperators.EvenGatedGelu, inner, input)
        : ((IPrecisionOperators)_products).AddGatedGelu(graph, inner, columns, name);

    public string AddAttention(GraphBuilder graph, AttentionInputs inputs, string output)
    {
        string[] turns = inputs.Turns is var (cosine, sine) ? [cosine, sine] : [];
        var made = _inputs.TryGetValue(output, out var input) ? DynamicInt8Operators.NameMade(input) : output;
        graph.AddNode(
            CpuGraphOperators.Domain, turns.Length == 0 ? CpuGraphOperators.Attention : CpuGraphOperators.RotaryAttention, [made],
            [inputs.Query, inputs.Key, inputs.Value, inputs.Bias, UseFactors(graph, output, inputs.Hidden), .. turns],
            OnnxAttribute.Create(GraphOperators.Heads, (long)inputs.Heads));
        return made;
    }

    private string AddNormalized(GraphBuilder graph, string operation, string[] rows, NormModule norm, string output)
    {
        var made = _inputs.TryGetValue(output, out var input) ? DynamicInt8Operators.NameMade(input) : $"{output}/unread";
        graph.AddNode(
            CpuGraphOperators.Domain, operation, [output, made],
            [
                .. rows, graph.UseWeight(TensorNames.NameWeight(norm.Module)), graph.UseWeight(TensorNames.NameBias(norm.Module)),
                UseFactors(graph, output, norm.Size),
            ],
            OnnxAttribute.Create(GraphOperators.Epsilon, norm.Epsilon));
        return output;
    }

    private static string AddEven(GraphBuilder graph, string operation, string x, QuantizedInput input)
    {
        graph.AddNode(
            CpuGraphOperators.Domain, operation, [DynamicInt8Operators.NameMade(input), DynamicInt8Operators.NameLargest(input.Value)],
            [x, graph.UseWeight(QuantizedNames.NameSmoothing(input.Value))], OnnxAttribute.Create(CpuGraphOperators.Floor, DynamicInt8Operators.SmallestRow));
        return DynamicInt8Operators.NameMade(input);
    }

    // What no product quantizes is left as it is.
    private string UseFactors(GraphBuilder graph, string value, int count)
    {
        if (_inputs.ContainsKey(value))
        {
            return graph.UseWeight(QuantizedNames.NameSmoothing(value));
        }

        var ones = new float[count];
        Array.Fill(ones, 1);
        return graph.AddFloats($"factors/none/{count}", ones);
    }
}
