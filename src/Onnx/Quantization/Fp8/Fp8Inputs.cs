using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>Which modules read e4m3, and what they read: every linear layer of the encoder.</summary>
internal static class Fp8Inputs
{
    /// <summary>
    /// The activations by the name that they have in the padded graph. Query, key and value are one product, in the last layer
    /// too, so they read one tensor with one scale.
    /// </summary>
    public static IEnumerable<QuantizedInput> ListInputs(ModelShape shape)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = EncoderParts.NameLayer(layer);
            yield return new QuantizedInput(PaddedGraph.NameLayerInput(layer), ListProjections(layer), shape.Hidden);
            yield return new QuantizedInput($"{name}/attention/context", [XlmRobertaTensors.NameAttentionOutput(layer)], shape.Hidden);
            yield return new QuantizedInput($"{name}/attention/norm", [XlmRobertaTensors.NameFeedForwardInput(layer)], shape.Hidden);
            yield return new QuantizedInput($"{name}/feed_forward/gelu", [XlmRobertaTensors.NameFeedForwardOutput(layer)], shape.FeedForward);
        }
    }

    /// <summary>The modules whose matrices share a scale: those that read one value.</summary>
    public static string[] ListProjections(int layer)
        => [XlmRobertaTensors.NameQuery(layer), XlmRobertaTensors.NameKey(layer), XlmRobertaTensors.NameValue(layer)];
}
