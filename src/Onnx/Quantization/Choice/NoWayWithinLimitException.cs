using Reranker.Inference.Models;
using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>No way to quantize a model is within the loss that was allowed.</summary>
/// <param name="tried">What was tried, none of it chosen: it took minutes, and says how far from the limit the ways are.</param>
public sealed class NoWayWithinLimitException(ManifestChoice tried) : QuantizationException(FormattableString.Invariant(
    $"nothing that was tried loses less than {tried.MaxLoss:0.00 %} of nDCG@10; import the model as fp16"))
{
    /// <summary>What was tried.</summary>
    public ManifestChoice Tried { get; } = tried;
}
