using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>One way to quantize a model.</summary>
/// <param name="Format">What activations and weights are rounded to.</param>
/// <param name="Rule">How ranges of activations are found; null: every row has its own, when the model runs.</param>
/// <param name="Smoothing">How much of the unevenness of channels goes into the weights, or null.</param>
/// <param name="Kept">Values that are not quantized.</param>
internal sealed record QuantizationCandidate(QuantizedFormat Format, RangeRule? Rule, float? Smoothing, IReadOnlySet<string> Kept)
{
    /// <summary>Nothing is kept.</summary>
    public QuantizationCandidate(QuantizedFormat format, RangeRule? rule, float? smoothing = null)
        : this(format, rule, smoothing, new HashSet<string>())
    {
    }

    /// <summary>The weights that it reads, which others read too.</summary>
    public TwinVariant Variant => new(Format, Smoothing);

    /// <summary>How ranges are found, in a few characters.</summary>
    public string Method => Rule?.ToString() ?? "each row";
}

/// <summary>Weights of a twin: a format, and what is folded into them.</summary>
/// <param name="Format">What they are rounded to.</param>
/// <param name="Smoothing">Smoothing, or null.</param>
internal sealed record TwinVariant(QuantizedFormat Format, float? Smoothing)
{
    /// <summary>Name of a tensor that is rounded.</summary>
    public string NameRounded(string tensor) => FormattableString.Invariant($"{tensor}@{Format.Name}{Smoothing:+0.###}");

    /// <summary>Name of a tensor with factors folded into it that is not rounded.</summary>
    public string NameFolded(string tensor) => FormattableString.Invariant($"{tensor}@{Smoothing:+0.###}");
}
