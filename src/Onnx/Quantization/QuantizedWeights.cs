using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Quantization;

/// <summary>
/// INT8 for CPUs. Matrices are INT8 with a scale a column, activations UINT8 with one range a run
/// (DynamicQuantizeLinear), products INT32 (MatMulInteger); ONNX Runtime fuses scale and bias into the product. A range
/// over the run is a property of a pair only while a run holds one pair, so the manifest says so.
/// </summary>
/// <remarks>
/// On x86 without VNNI the U8S8 kernels add two products in 16 bits and may saturate; the manifest's probes tell.
/// </remarks>
internal sealed class QuantizedWeights : IWeightForm
{
    private readonly Dictionary<string, string> _inputOf = [];
    private readonly HashSet<string> _quantizedInputs = [];

    public QuantizedWeights(ModelShape shape)
    {
        foreach (var input in QuantizedLinears.Inputs(shape))
        {
            foreach (var module in input.Modules)
            {
                _inputOf.Add(module, input.Value);
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
        var product = graph.Node("MatMulInteger", $"{output}/product", [$"{input}/levels", weight, $"{input}/zero"]);
        var scale = graph.Node("Mul", $"{output}/scale", [$"{input}/scale", graph.Weight(QuantizedNames.Scale(weight))]);
        return graph.Node("Add", output, [graph.Node("Mul", $"{output}/scaled", [Wide(graph, product), scale]), bias]);
    }

    // Once an input: query, key and value share it.
    private void Quantize(GraphBuilder graph, string x, string input)
    {
        if (_quantizedInputs.Add(input))
        {
            var smooth = graph.Node("Mul", $"{input}/smooth", [x, graph.Weight(QuantizedNames.Smoothing(input))]);
            graph.Node("", "DynamicQuantizeLinear", [$"{input}/levels", $"{input}/scale", $"{input}/zero"], [smooth]);
        }
    }

    private static string Wide(GraphBuilder graph, string x)
        => graph.Node("Cast", $"{x}/wide", [x], OnnxAttribute.Of("to", (long)OnnxType.Float));
}
