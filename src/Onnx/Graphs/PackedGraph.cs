using Reranker.Inference.Graphs;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The form without padding for the CUDA provider: the tokens of all pairs one after another, with ONNX Runtime's contrib
/// operators for attention and for bias with residual and normalization, and products as <see cref="IPackedProducts"/> says
/// them. Inputs, all INT32:
/// <c>input_ids</c> and <c>position_ids</c> [tokens]; <c>token_offset</c> [batch, sequence], the places of the tokens in the
/// padded rectangle, real ones first; <c>cu_seqlens</c> [batch + 1], where each pair starts and the last one ends. Output:
/// <c>logits</c>, FP32 [batch, 1]. Behind its attention the last layer works on first tokens alone, which is exact, because
/// the classifier reads nothing else, and saves 3.1 % of the operations of 24 layers.
/// </summary>
internal sealed class PackedGraph
{
    /// <summary>Name of the form in a manifest.</summary>
    public const string Form = GraphForms.Packed;

    public const string InputIds = GraphTensors.InputIds;
    public const string PositionIds = GraphTensors.PositionIds;
    public const string TokenOffset = GraphTensors.TokenOffset;
    public const string SequenceStarts = GraphTensors.SequenceStarts;
    public const string Logits = GraphTensors.Logits;

    private readonly GraphBuilder _graph;
    private readonly ModelShape _shape;
    private readonly EncoderParts _parts;
    private readonly IPackedAttention _attention;
    private readonly IPackedProducts _products;

    private PackedGraph(GraphBuilder graph, ModelShape shape, OnnxType type, IPackedAttention attention, IPackedProducts products)
        => (_graph, _shape, _parts, _attention, _products)
            = (graph, shape, new EncoderParts(graph, shape, new FloatOperators(type)), attention, products);

    /// <summary>Builds the graph file.</summary>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="type">Type of weights and activations: FP16 or FP32.</param>
    /// <param name="weights">Places of the weights.</param>
    /// <param name="weightsFile">File of the weights, beside the graph.</param>
    /// <param name="attention">How attention is said.</param>
    /// <param name="products">How matrix products are said.</param>
    public static byte[] Build(
        ModelShape shape, OnnxType type, WeightsLayout weights, string weightsFile, IPackedAttention attention, IPackedProducts products)
    {
        var graph = new GraphBuilder(Form, weights, weightsFile);
        new PackedGraph(graph, shape, type, attention, products).AddEncoder();
        return graph.Build();
    }

    private void AddEncoder()
    {
        var (ids, positions) = AddInputs(_graph);
        var x = _parts.AddEmbeddings(ids, positions);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            var context = _attention.AddAttention(_graph, x, layer);
            if (layer == _shape.Layers - 1)
            {
                var first = AddFirstTokens(_graph);
                context = _graph.AddNode("Gather", "first/context", [context, first], OnnxAttribute.Create("axis", 0));
                x = _graph.AddNode("Gather", "first/hidden", [x, first], OnnxAttribute.Create("axis", 0));
            }

            x = AddRestOfLayer(context, x, layer);
        }

        _parts.AddHead(x, Logits);
        _graph.AddOutput(Logits, OnnxType.Float, "batch", "1");
    }

    /// <summary>Declares the inputs of the form; returns token ids and positions.</summary>
    internal static (string Ids, string Positions) AddInputs(GraphBuilder graph)
    {
        var ids = graph.AddInput(InputIds, OnnxType.Int32, "tokens");
        var positions = graph.AddInput(PositionIds, OnnxType.Int32, "tokens");
        graph.AddInput(TokenOffset, OnnxType.Int32, "batch", "sequence");
        graph.AddInput(SequenceStarts, OnnxType.Int32, "boundaries");
        return (ids, positions);
    }

    /// <summary>Places of the first tokens: every boundary but the last one.</summary>
    internal static string AddFirstTokens(GraphBuilder graph) => graph.AddNode(
        "Slice", "first", [SequenceStarts, graph.AddIntegers("first/start", 0), graph.AddIntegers("first/end", -1)]);

    private string AddRestOfLayer(string context, string residual, int layer)
    {
        var name = EncoderParts.NameLayer(layer);
        var x = AddNormalizedSum(
            context, residual, XlmRobertaTensors.NameAttentionOutput(layer), _attention.FindOutputBias(layer), XlmRobertaTensors.NameAttentionNorm(layer),
            $"{name}/attention/norm");
        var gelu = _products.AddLinearGelu(_graph, x, XlmRobertaTensors.NameFeedForwardInput(layer));
        var outer = XlmRobertaTensors.NameFeedForwardOutput(layer);
        return AddNormalizedSum(gelu, x, outer, TensorNames.NameBias(outer), XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm");
    }

    // norm(x · W + b + residual) with everything behind the product in one pass over memory.
    private string AddNormalizedSum(string x, string residual, string linear, string bias, string norm, string output)
    {
        _graph.AddNode(
            GraphBuilder.MicrosoftDomain, "SkipLayerNormalization", [output],
            [
                _products.AddProduct(_graph, x, linear),
                residual,
                _graph.UseWeight(TensorNames.NameWeight(norm)),
                _graph.UseWeight(TensorNames.NameBias(norm)),
                _graph.UseWeight(bias),
            ],
            OnnxAttribute.Create("epsilon", _shape.LayerNormEpsilon));
        return output;
    }
}
