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
/// On x86 without VNNI the U8S8 kernels would add two products in 16 bits and saturate; sessions ask for exact ones.
/// </remarks>
internal sealed class DynamicInt8Operators : IPrecisionOperators
{
    /// <summary>The least that a row is divided by.</summary>
    public const float SmallestRow = 0.01f;

    private readonly Dictionary<string, QuantizedInput> _inputOf = [];
    private readonly HashSet<string> _quantizedInputs = [];
    private readonly bool _isGated;
    private readonly bool _areInputsMade;

    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="areInputsMade">True where what gives a quantized input gives it as <see cref="NameMade"/> and <see cref="NameLargest"/> say.</param>
    public DynamicInt8Operators(ModelShape shape, bool areInputsMade = false)
    {
        _isGated = shape.Rotary is not null;
        _areInputsMade = areInputsMade;
        foreach (var input in QuantizedLinears.ListInputs(shape))
        {
            foreach (var module in input.Modules)
            {
                _inputOf.Add(module, input);
            }
        }
    }

    public OnnxType ActivationType => OnnxType.Float;

    public string AddLookup(GraphBuilder graph, string table, string ids, string output)
    {
        var rows = graph.AddNode("Gather", $"{output}/rows", [graph.UseWeight(table), ids]);
        var scales = graph.AddNode("Gather", $"{output}/scales", [graph.UseWeight(QuantizedNames.NameScale(table)), ids]);
        return graph.AddNode("Mul", output, [AddCastToFloat(graph, rows), scales]);
    }

    public string UseTable(GraphBuilder graph, string table) => AddCastToFloat(graph, graph.UseWeight(table));

    public string AddLinear(GraphBuilder graph, string x, string module, string output)
    {
        var weight = graph.UseWeight(TensorNames.NameWeight(module));
        var bias = graph.UseWeight(TensorNames.NameBias(module));
        if (!_inputOf.TryGetValue(module, out var input))
        {
            return graph.AddNode("Add", output, [graph.AddNode("MatMul", $"{output}/product", [x, AddCastToFloat(graph, weight)]), bias]);
        }

        AddQuantizedInput(graph, x, input);
        var name = input.Value;
        var product = graph.AddNode("MatMulInteger", $"{output}/product", [$"{name}/levels", weight, $"{name}/zero"]);
        var scale = graph.AddNode("Mul", $"{output}/scale", [$"{name}/scale", graph.UseWeight(QuantizedNames.NameScale(weight))]);
        var scaled = graph.AddNode("Mul", $"{output}/scaled", [AddCastToFloat(graph, product), scale]);
        return graph.AddNode("Add", output, [input.ByRow ? graph.AddNode("Mul", $"{output}/rows", [scaled, NameLargest(name)]) : scaled, bias]);
    }

    /// <summary>
    /// Layer normalization in small operators with means by MatMul: the fused kernel of the CPU provider took 2.1 ms of
    /// a run of 7.9 ms on the bundled model, these take about 1.2 ms. A mean by ReduceMean would be recognized and fused again.
    /// </summary>
    public string AddNorm(GraphBuilder graph, string x, string module, int size, float epsilon, string output)
    {
        var average = graph.AddColumn("norm/average", size, 1f / size);
        var mean = graph.AddNode("MatMul", $"{output}/mean", [x, average]);
        var centred = graph.AddNode("Sub", $"{output}/centred", [x, mean]);
        var variance = graph.AddNode("MatMul", $"{output}/variance", [graph.AddNode("Mul", $"{output}/squares", [centred, centred]), average]);
        var guarded = graph.AddNode("Add", $"{output}/guarded", [variance, graph.AddScalar("norm/epsilon", OnnxType.Float, epsilon)]);
        var inverse = graph.AddNode("Reciprocal", $"{output}/inverse", [graph.AddNode("Sqrt", $"{output}/deviation", [guarded])]);
        var normal = graph.AddNode("Mul", $"{output}/normal", [centred, inverse]);
        var scaled = graph.AddNode("Mul", $"{output}/scaled", [normal, graph.UseWeight(TensorNames.NameWeight(module))]);
        return graph.AddNode("Add", output, [scaled, graph.UseWeight(TensorNames.NameBias(module))]);
    }

    /// <summary>Name of what is quantized of an input: it times its factors, divided by row where that is so.</summary>
    public static string NameMade(QuantizedInput input) => input.ByRow ? $"{input.Value}/even" : $"{input.Value}/smooth";

    /// <summary>Name of what the rows of an input were divided by.</summary>
    public static string NameLargest(string value) => $"{value}/largest";

    // Once an input: query, key and value share it.
    private void AddQuantizedInput(GraphBuilder graph, string x, QuantizedInput input)
    {
        var name = input.Value;
        if (!_quantizedInputs.Add(name))
        {
            return;
        }

        if (!_areInputsMade)
        {
            AddMadeInput(graph, x, input);
        }

        graph.AddNode("", "DynamicQuantizeLinear", [$"{name}/levels", $"{name}/scale", $"{name}/zero"], [NameMade(input)]);
    }

    private void AddMadeInput(GraphBuilder graph, string x, QuantizedInput input)
    {
        var name = input.Value;
        var smooth = graph.AddNode("Mul", $"{name}/smooth", [x, graph.UseWeight(QuantizedNames.NameSmoothing(name))]);
        if (input.ByRow)
        {
            // GELU is hardly ever below zero, so the largest value is the range; the floor is for a row without any.
            // A gated product has both signs.
            var magnitudes = _isGated ? graph.AddNode("Abs", $"{name}/magnitudes", [smooth]) : smooth;
            var largest = graph.AddNode("ReduceMax", $"{name}/maximum", [magnitudes, graph.AddIntegers("rows/axis", -1)]);
            var floored = graph.AddNode("Max", NameLargest(name), [largest, graph.AddScalar("rows/floor", OnnxType.Float, SmallestRow)]);
            graph.AddNode("Mul", $"{name}/even", [smooth, graph.AddNode("Reciprocal", $"{name}/inverse", [floored])]);
        }
    }

    private static string AddCastToFloat(GraphBuilder graph, string x)
        => graph.AddNode("Cast", $"{x}/wide", [x], OnnxAttribute.Create("to", (long)OnnxType.Float));
}
