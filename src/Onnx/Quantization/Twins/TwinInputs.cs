using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>What each format quantizes.</summary>
internal static class TwinInputs
{
    /// <summary>The inputs of a format's modules.</summary>
    public static IReadOnlyList<QuantizedInput> List(ModelShape shape, QuantizedFormat format)
        => [.. format == QuantizedFormat.Fp8 ? ListOfFp8(shape) : QuantizedLinears.ListInputs(shape)];

    /// <summary>The cost of all linear layers a token, 1 in FP16, when products of eight bits take half the time.</summary>
    public static double ComputeCost(ModelShape shape, QuantizationCandidate candidate)
    {
        var inputs = List(shape, candidate.Format);
        var all = CountOperations(shape, ListOfFp8(shape));
        return 1 - (0.5 * CountOperations(shape, inputs.Where(i => !candidate.Kept.Contains(i.Value))) / all);
    }

    // Of the last layer only keys and values see more than one token.
    private static double CountOperations(ModelShape shape, IEnumerable<QuantizedInput> inputs)
        => inputs.Sum(input => input.Modules.Sum(m => (double)input.Channels * CountOutputs(shape, m)));

    private static int CountOutputs(ModelShape shape, string module)
    {
        var last = shape.Layers - 1;
        var forFirstToken = module == XlmRobertaTensors.NameQuery(last) || module == XlmRobertaTensors.NameAttentionOutput(last)
            || module == XlmRobertaTensors.NameFeedForwardInput(last) || module == XlmRobertaTensors.NameFeedForwardOutput(last);
        return forFirstToken ? 0 : module.EndsWith(".intermediate.dense", StringComparison.Ordinal) ? shape.FeedForward : shape.Hidden;
    }

    private static IEnumerable<QuantizedInput> ListOfFp8(ModelShape shape)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = EncoderParts.NameLayer(layer);
            yield return new QuantizedInput(
                PaddedGraph.NameLayerInput(layer),
                [XlmRobertaTensors.NameQuery(layer), XlmRobertaTensors.NameKey(layer), XlmRobertaTensors.NameValue(layer)],
                shape.Hidden);
            yield return new QuantizedInput($"{name}/attention/context", [XlmRobertaTensors.NameAttentionOutput(layer)], shape.Hidden);
            yield return new QuantizedInput($"{name}/attention/norm", [XlmRobertaTensors.NameFeedForwardInput(layer)], shape.Hidden);
            yield return new QuantizedInput($"{name}/feed_forward/gelu", [XlmRobertaTensors.NameFeedForwardOutput(layer)], shape.FeedForward, ByRow: true);
        }
    }
}
