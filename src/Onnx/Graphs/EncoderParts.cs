using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>
/// The parts of the encoder that work on any number of leading axes, so that padded and packed forms share them; a form
/// adds its positions, its attention and the choice of the first tokens.
/// </summary>
internal sealed class EncoderParts(GraphBuilder graph, ModelShape shape, IPrecisionOperators form)
{
    /// <summary>Word plus position embeddings, normalized. The position table holds the token-type rows already.</summary>
    public string AddEmbeddings(string ids, string positions)
    {
        var words = form.AddLookup(graph, XlmRobertaTensors.WordEmbeddings, ids, "embeddings/words");
        var places = graph.AddNode("Gather", "embeddings/positions", [form.UseTable(graph, XlmRobertaTensors.PositionEmbeddings), positions]);
        return AddNormalizedSum(words, places, "embeddings/sum", XlmRobertaTensors.EmbeddingNorm, "embeddings/norm");
    }

    /// <summary>Word embeddings with the one row of their segment, normalized.</summary>
    public string AddPlacelessEmbeddings(string ids)
    {
        var words = form.AddLookup(graph, XlmRobertaTensors.WordEmbeddings, ids, "embeddings/words");
        return form.AddNorm(
            graph, graph.AddNode("Add", "embeddings/sum", [words, form.UseTable(graph, XlmRobertaTensors.SegmentRow)]), XlmRobertaTensors.EmbeddingNorm,
            shape.Hidden, shape.LayerNormEpsilon, "embeddings/norm");
    }

    /// <summary>A linear module.</summary>
    public string AddLinear(string x, string module, string output) => form.AddLinear(graph, x, module, output);

    /// <summary>Everything of a layer behind its attention: output projection, both residuals, feed-forward.</summary>
    public string AddRestOfLayer(string context, string residual, int layer)
    {
        var name = NameLayer(layer);
        var attended = AddLinear(context, XlmRobertaTensors.NameAttentionOutput(layer), $"{name}/attention/output");
        var x = AddNormalizedSum(
            attended, form.UseShortcut(graph, residual, PaddedGraph.NameLayerInput(layer), $"{name}/attention/shortcut"), $"{name}/attention/residual",
            XlmRobertaTensors.NameAttentionNorm(layer), $"{name}/attention/norm");
        var inner = AddLinear(x, XlmRobertaTensors.NameFeedForwardInput(layer), $"{name}/feed_forward/input");
        var outer = AddLinear(
            shape.Rotary is null ? form.AddGelu(graph, inner, $"{name}/feed_forward/gelu") : form.AddGatedGelu(graph, inner, shape.FeedForward, $"{name}/feed_forward"),
            XlmRobertaTensors.NameFeedForwardOutput(layer), $"{name}/feed_forward/output");
        return AddNormalizedSum(
            outer, form.UseShortcut(graph, x, x, $"{name}/feed_forward/shortcut"), $"{name}/feed_forward/residual",
            XlmRobertaTensors.NameFeedForwardNorm(layer), $"{name}/feed_forward/norm");
    }

    /// <summary>
    /// Classifier over the first tokens, always in FP32: it costs nothing there, and FP16 logits near 8 would be steps of
    /// 0.008 apart, which makes ties among passages that differ.
    /// </summary>
    /// <param name="first">Hidden states of the first tokens, [batch, hidden].</param>
    /// <param name="output">Name of the logits, [batch, 1].</param>
    public string AddHead(string first, string output)
    {
        var wide = form.ActivationType == OnnxType.Float
            ? first
            : graph.AddNode("Cast", "head/wide", [first], OnnxAttribute.Create("to", (long)OnnxType.Float));
        var dense = graph.AddNode("Gemm", "head/dense", [wide, .. UseWeightAndBias(XlmRobertaTensors.HeadDense)]);
        return graph.AddNode("Gemm", output, [graph.AddNode("Tanh", "head/tanh", [dense]), .. UseWeightAndBias(XlmRobertaTensors.HeadOutput)]);
    }

    /// <summary>Prefix of a layer's values.</summary>
    public static string NameLayer(int layer) => $"layer.{layer}";

    private string AddNormalizedSum(string x, string residual, string sum, string module, string output)
        => form.AddNormalizedSum(graph, x, residual, sum, new NormModule(module, shape.Hidden, shape.LayerNormEpsilon), output);

    private string[] UseWeightAndBias(string module)
        => [form.UseTable(graph, TensorNames.NameWeight(module)), graph.UseWeight(TensorNames.NameBias(module))];
}
