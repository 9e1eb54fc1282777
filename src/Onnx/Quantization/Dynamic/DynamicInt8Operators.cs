using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Dynamic;

/// <summary>
/// INT8 for CPUs. Matrices are INT8 with a scale a column, activations UINT8 with one range a run
/// (DynamicQuantizeLinear), products INT32 (MatMulInteger); ONNX Runtime fuses scale and bias into the product. A range
/// over the run is a property of a pair only while a run holds one pair, so the manifest says so.
/// </summary>
/// <remarks>
/// On x86 without VNNI the U8S8 kernels add two products in 16 bits and may saturate; the manifest's probes tell.
/// </remarks>
internal sealed class DynamicInt8Operators : IPrecisionOperators
{
    private const float SmallestRow = 0.01f;

    private readonly Dictionary<string, QuantizedInput> _inputOf = [];
    private readonly HashSet<string> _quantizedInputs = [];

    public DynamicInt8Operators(ModelShape shape)
    {
        foreach (var input in QuantizedLinears.ListInputs(shape))
        {
            foreach (var module in input.Modules)
            {
                _inputOf.Add(module, input);
            }
        }
    }

    public OnnxType ActivationType => OnnxType.Float;

    public string Lookup(GraphBuilder graph, string table, string ids, string output)
    {
        var rows = graph.Node("Gather", $"{output}/rows", [graph.Weight(table), ids]);
        var scales = graph.Node("Gather", $"{output}/scales", [graph.Weight(QuantizedNames.Scale(table)), ids]);
        return graph.Node("Mul", output, [Wide(graph, rows), scales]);
    }

    public string Table(GraphBuilder graph, string table) => Wide(graph, graph.Weight(table));

    public string Linear(GraphBuilder graph, string x, string module, string output)
    {
        var weight = graph.Weight(TensorNames.Weight(module));
        var bias = graph.Weight(TensorNames.Bias(module));
        if (!_inputOf.TryGetValue(module, out var input))
        {
            return graph.Node("Add", output, [graph.Node("MatMul", $"{output}/product", [x, Wide(graph, weight)]), bias]);
        }

        Quantize(graph, x, input);
        var name = input.Value;
        var product = graph.Node("MatMulInteger", $"{output}/product", [$"{name}/levels", weight, $"{name}/zero"]);
        var scale = graph.Node("Mul", $"{output}/scale", [$"{name}/scale", graph.Weight(QuantizedNames.Scale(weight))]);
        var scaled = graph.Node("Mul", $"{output}/scaled", [Wide(graph, product), scale]);
        return graph.Node("Add", output, [input.ByRow ? graph.Node("Mul", $"{output}/rows", [scaled, $"{name}/largest"]) : scaled, bias]);
    }

    /// <summary>
    /// Layer normalization in small operators with means by MatMul: the fused kernel of the CPU provider took 2.1 ms of
    /// a run of 7.9 ms on the bundled model, these take about 1.2 ms. A mean by ReduceMean would be recognized and fused again.
    /// </summary>
    public string Norm(GraphBuilder graph, string x, string module, int size, float epsilon, string output)
    {
        var average = graph.Fill("norm/average", size, 1f / size);
        var mean = graph.Node("MatMul", $"{output}/mean", [x, average]);
        var centred = graph.Node("Sub", $"{output}/centred", [x, mean]);
        var variance = graph.Node("MatMul", $"{output}/variance", [graph.Node("Mul", $"{output}/squares", [centred, centred]), average]);
        var guarded = graph.Node("Add", $"{output}/guarded", [variance, graph.Scalar("norm/epsilon", OnnxType.Float, epsilon)]);
        var inverse = graph.Node("Reciprocal", $"{output}/inverse", [graph.Node("Sqrt", $"{output}/deviation", [guarded])]);
        var normal = graph.Node("Mul", $"{output}/normal", [centred, inverse]);
        var scaled = graph.Node("Mul", $"{output}/scaled", [normal, graph.Weight(TensorNames.Weight(module))]);
        return graph.Node("Add", output, [scaled, graph.Weight(TensorNames.Bias(module))]);
    }

    // Once an input: query, key and value share it.
    private void Quantize(GraphBuilder graph, string x, QuantizedInput input)
    {
        var name = input.Value;
        if (!_quantizedInputs.Add(name))
        {
            return;
        }

        var smooth = graph.Node("Mul", $"{name}/smooth", [x, graph.Weight(QuantizedNames.Smoothing(name))]);
        if (input.ByRow)
        {
            // GELU is hardly ever below zero, so the largest value is the range; the floor is for a row without any.
            var largest = graph.Node("ReduceMax", $"{name}/maximum", [smooth, graph.Constant("rows/axis", -1)]);
            var floored = graph.Node("Max", $"{name}/largest", [largest, graph.Scalar("rows/floor", OnnxType.Float, SmallestRow)]);
            smooth = graph.Node("Mul", $"{name}/even", [smooth, graph.Node("Reciprocal", $"{name}/inverse", [floored])]);
        }

        graph.Node("", "DynamicQuantizeLinear", [$"{name}/levels", $"{name}/scale", $"{name}/zero"], [smooth]);
    }

    private static string Wide(GraphBuilder graph, string x)
        => graph.Node("Cast", $"{x}/wide", [x], OnnxAttribute.Of("to", (long)OnnxType.Float));
}
