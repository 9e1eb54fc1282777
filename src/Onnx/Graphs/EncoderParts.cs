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
    /// <summary>Word plus position embeddings, normalized. The position table holds the token-type row already.</summary>
    public string Embed(string ids, string positions)
    {
        var words = form.Lookup(graph, XlmRobertaTensors.WordEmbeddings, ids, "embeddings/words");
        var places = graph.Node("Gather", "embeddings/positions", [form.Table(graph, XlmRobertaTensors.PositionEmbeddings), positions]);
        return Norm(graph.Node("Add", "embeddings/sum", [words, places]), XlmRobertaTensors.EmbeddingNorm, "embeddings/norm");
    }

    /// <summary>A linear module.</summary>
    public string Linear(string x, string module, string output) => form.Linear(graph, x, module, output);

    /// <summary>Everything of a layer behind its attention: output projection, both residuals, feed-forward.</summary>
    public string AfterAttention(string context, string residual, int layer)
    {
        var name = LayerName(layer);
        var attended = Linear(context, XlmRobertaTensors.AttentionOutput(layer), $"{name}/attention/output");
        var x = Norm(
            graph.Node("Add", $"{name}/attention/residual", [attended, residual]),
            XlmRobertaTensors.AttentionNorm(layer), $"{name}/attention/norm");
        var inner = Linear(x, XlmRobertaTensors.FeedForwardInput(layer), $"{name}/feed_forward/input");
        var outer = Linear(
            graph.Node("Gelu", $"{name}/feed_forward/gelu", [inner]),
            XlmRobertaTensors.FeedForwardOutput(layer), $"{name}/feed_forward/output");
        return Norm(
            graph.Node("Add", $"{name}/feed_forward/residual", [outer, x]),
            XlmRobertaTensors.FeedForwardNorm(layer), $"{name}/feed_forward/norm");
    }

    /// <summary>
    /// Classifier over the first tokens, always in FP32: it costs nothing there, and FP16 logits near 8 would be steps of
    /// 0.008 apart, which makes ties among passages that differ.
    /// </summary>
    /// <param name="first">Hidden states of the first tokens, [batch, hidden].</param>
    /// <param name="output">Name of the logits, [batch, 1].</param>
    public string Head(string first, string output)
    {
        var wide = form.ActivationType == OnnxType.Float
            ? first
            : graph.Node("Cast", "head/wide", [first], OnnxAttribute.Of("to", (long)OnnxType.Float));
        var dense = graph.Node("Gemm", "head/dense", [wide, .. Gemm(XlmRobertaTensors.HeadDense)]);
        return graph.Node("Gemm", output, [graph.Node("Tanh", "head/tanh", [dense]), .. Gemm(XlmRobertaTensors.HeadOutput)]);
    }

    /// <summary>Prefix of a layer's values.</summary>
    public static string LayerName(int layer) => $"layer.{layer}";

    private string Norm(string x, string module, string output)
        => form.Norm(graph, x, module, shape.Hidden, shape.LayerNormEpsilon, output);

    private string[] Gemm(string module)
        => [form.Table(graph, TensorNames.Weight(module)), graph.Weight(TensorNames.Bias(module))];
}
