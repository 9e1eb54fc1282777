using Reranker.Inference.Models;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The padded form of an encoder that is XLM-RoBERTa's but for rotary positions in place of the position table and a gated feed-forward
/// (<see cref="RotaryShape.NormsAfter"/>). Values and weights have the names of <see cref="PaddedGraph"/>'s.
/// </summary>
internal sealed class GatedGraph(GraphBuilder graph, ModelShape shape, IPrecisionOperators form)
{
    private readonly EncoderParts _parts = new(graph, shape, form);
    private readonly RotaryAttention _attention = new(graph, shape, form);

    /// <summary>Adds the whole encoder.</summary>
    public void AddEncoder()
    {
        var ids = graph.AddInput(PaddedGraph.InputIds, OnnxType.Int64, "batch", "sequence");
        var mask = graph.AddInput(PaddedGraph.AttentionMask, OnnxType.Int64, "batch", "sequence");
        var x = _parts.AddPlacelessEmbeddings(ids);
        var bias = _attention.AddMaskBias(mask);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var isLast = layer == shape.Layers - 1;
            var queries = isLast ? graph.AddNode("Gather", "first", [x, graph.AddIntegers("first/index", 0)], OnnxAttribute.Create("axis", 1)) : x;
            x = _parts.AddRestOfLayer(_attention.AddAttention(ids, x, queries, bias, layer, isFirstAlone: isLast), queries, layer);
        }

        _parts.AddHead(graph.AddNode("Squeeze", "head/first", [x, graph.AddIntegers("head/axis", 1)]), PaddedGraph.Logits);
        graph.AddOutput(PaddedGraph.Logits, OnnxType.Float, "batch", "1");
    }
}
