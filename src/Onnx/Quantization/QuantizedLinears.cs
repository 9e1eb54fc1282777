using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Quantization;

/// <summary>An input that is quantized once for all modules that read it.</summary>
/// <param name="Value">Name of the value in the padded graph.</param>
/// <param name="Modules">The modules that read it in INT8.</param>
/// <param name="Channels">Length of its last axis.</param>
/// <param name="ByRow">True: each token is divided by its largest value first, because a few tokens have values so large
/// that a common range would leave the others a handful of levels.</param>
internal sealed record QuantizedInput(string Value, string[] Modules, int Channels, bool ByRow = false);

/// <summary>Which linear modules are INT8 and what they read.</summary>
internal static class QuantizedLinears
{
    /// <summary>
    /// All modules but those of the last layer that see the first token alone, and the classifier: these cost almost no
    /// time, so they keep their precision.
    /// </summary>
    public static IEnumerable<QuantizedInput> ListInputs(ModelShape shape)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var last = layer == shape.Layers - 1;
            var (key, value) = (XlmRobertaTensors.NameKey(layer), XlmRobertaTensors.NameValue(layer));
            yield return new QuantizedInput(
                PaddedGraph.NameLayerInput(layer), last ? [key, value] : [XlmRobertaTensors.NameQuery(layer), key, value], shape.Hidden);
            if (!last)
            {
                var name = EncoderParts.NameLayer(layer);
                yield return new QuantizedInput($"{name}/attention/context", [XlmRobertaTensors.NameAttentionOutput(layer)], shape.Hidden);
                yield return new QuantizedInput($"{name}/attention/norm", [XlmRobertaTensors.NameFeedForwardInput(layer)], shape.Hidden);
                yield return new QuantizedInput($"{name}/feed_forward/gelu", [XlmRobertaTensors.NameFeedForwardOutput(layer)], shape.FeedForward, ByRow: true);
            }
        }
    }
}
