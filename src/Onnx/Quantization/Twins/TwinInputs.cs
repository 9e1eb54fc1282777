using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Quantization.Fp8;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>What each format quantizes.</summary>
internal static class TwinInputs
{
    /// <summary>The inputs of a format's modules.</summary>
    public static IReadOnlyList<QuantizedInput> List(ModelShape shape, QuantizedFormat format)
        => [.. format == QuantizedFormat.Fp8 ? Fp8Inputs.ListInputs(shape) : QuantizedLinears.ListInputs(shape)];

    /// <summary>The cost of all linear layers a token, 1 in FP16, when products of eight bits take half the time.</summary>
    public static double ComputeCost(ModelShape shape, QuantizationCandidate candidate)
    {
        var inputs = List(shape, candidate.Format);
        var all = CountOperations(shape, Fp8Inputs.ListInputs(shape));
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
}
