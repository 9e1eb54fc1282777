using System.Runtime.InteropServices;
using Reranker.Inference.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// Collects the nodes of one graph and writes it as an ONNX file. Weights are referred to by their place in the weights
/// file; constants that shape inference needs lie inside the graph.
/// </summary>
internal sealed class GraphBuilder(string name, WeightsLayout weights, string weightsFile)
{
    /// <summary>Operator set of all graphs: LayerNormalization (17) and Gelu (20) are single operators.</summary>
    public const int Opset = 20;

    /// <summary>The contrib domain of ONNX Runtime.</summary>
    public const string MicrosoftDomain = "com.microsoft";

    /// <summary>The domain of the operators that the CUDA engine brings itself.</summary>
    public const string EngineDomain = GraphOperators.Domain;

    // The IR version that came with the ONNX release of opset 20.
    private const int IrVersion = 9;

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initializers = [];
    private readonly List<byte[]> _inputs = [];
    private readonly List<byte[]> _outputs = [];
    private readonly HashSet<string> _initializerNames = [];
    private readonly SortedSet<string> _domains = new(StringComparer.Ordinal) { "" };

    /// <summary>Declares an input; a dimension is a number or, where it varies, a name.</summary>
    public string AddInput(string input, OnnxType type, params string[] dims)
    {
        _inputs.Add(OnnxProto.EncodeValue(input, type, dims));
        return input;
    }

    /// <summary>Declares an output that a node gives.</summary>
    public void AddOutput(string output, OnnxType type, params string[] dims)
        => _outputs.Add(OnnxProto.EncodeValue(output, type, dims));

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string AddNode(string operation, string output, string[] inputs, params OnnxAttribute[] attributes)
    {
        AddNode("", operation, [output], inputs, attributes);
        return output;
    }

    /// <summary>Adds a node of any domain and number of outputs.</summary>
    public void AddNode(string domain, string operation, string[] outputs, string[] inputs, params OnnxAttribute[] attributes)
    {
        _domains.Add(domain);
        _nodes.Add(OnnxProto.EncodeNode(outputs[0], operation, domain, inputs, outputs, attributes));
    }

    /// <summary>Refers to a tensor of the weights file.</summary>
    public string UseWeight(string weight) => UseWeight(weight, weights[weight].Type);

    /// <summary>Refers to a tensor of the weights file as one of another type with elements of the same size.</summary>
    public string UseWeight(string weight, OnnxType declared)
    {
        if (_initializerNames.Add(weight))
        {
            var entry = weights[weight];
            _initializers.Add(OnnxProto.EncodeExternalTensor(weight, declared, entry.Dims, entry.File ?? weightsFile, entry.Offset, entry.Bytes));
        }

        return weight;
    }

    /// <summary>Type of a tensor of the weights file.</summary>
    public OnnxType FindType(string weight) => weights[weight].Type;

    /// <summary>Dimensions of a tensor of the weights file.</summary>
    public IReadOnlyList<long> FindDimensions(string weight) => weights[weight].Dims;

    /// <summary>A list of integers inside the graph: a shape, axes, indices.</summary>
    public string AddIntegers(string constant, params long[] values)
        => AddInline(constant, OnnxType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>An integer without dimensions.</summary>
    public string AddScalar(string constant, long value) => AddInline(constant, OnnxType.Int64, [], BitConverter.GetBytes(value));

    /// <summary>A floating point number without dimensions, in the precision of the graph.</summary>
    public string AddScalar(string constant, OnnxType type, float value) => AddInline(
        constant, type, [], type == OnnxType.Float16 ? BitConverter.GetBytes((Half)value) : BitConverter.GetBytes(value));

    /// <summary>A column [count, 1] of one FP32 value.</summary>
    public string AddColumn(string constant, int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return AddInline(constant, OnnxType.Float, [count, 1], MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>A list of FP32 values.</summary>
    public string AddFloats(string constant, float[] values)
        => AddInline(constant, OnnxType.Float, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>A row [1, count] of FP32 values.</summary>
    public string AddRow(string constant, float[] values)
        => AddInline(constant, OnnxType.Float, [1, values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>An INT8 zero without dimensions.</summary>
    public string AddZeros(string constant) => AddInline(constant, OnnxType.Int8, [], new byte[1]);

    /// <summary>A list of INT8 zeros.</summary>
    public string AddZeros(string constant, long count) => AddInline(constant, OnnxType.Int8, [count], new byte[count]);

    /// <summary>The finished file.</summary>
    public byte[] Build()
    {
        var graph = OnnxProto.EncodeGraph(name, _nodes, _initializers, _inputs, _outputs);
        return OnnxProto.EncodeModel(IrVersion, "reranker", _domains.Select(d => (d, d.Length == 0 ? (long)Opset : 1L)), graph);
    }

    private string AddInline(string constant, OnnxType type, long[] dims, ReadOnlySpan<byte> data)
    {
        if (_initializerNames.Add(constant))
        {
            _initializers.Add(OnnxProto.EncodeInlineTensor(constant, type, dims, data.ToArray()));
        }

        return constant;
    }
}
