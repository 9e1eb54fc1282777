using System.IO.Enumeration;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>How a model with static activation scales is made.</summary>
public sealed record QuantizationOptions
{
    /// <summary>What calibration runs. Default: the texts that come with the program.</summary>
    public CalibrationPairs Pairs { get; init; } = CalibrationPairs.BuiltIn;

    /// <summary>How ranges are found. Default: the usual way of the format.</summary>
    public RangeRule? Rule { get; init; }

    /// <summary>
    /// How much of the unevenness of activation channels goes into the weights, from 0 to 1. Default: nothing. For
    /// <c>int8-qdq</c>: steps of e4m3 are relative already.
    /// </summary>
    public float? Smoothing { get; init; }

    /// <summary>Patterns with <c>*</c> and <c>?</c> of values that are not quantized, such as <c>layer.3/*</c>.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>What was tried to find these options, for the manifest; null where somebody named them.</summary>
    public ManifestChoice? Choice { get; init; }

    /// <summary>The values that the patterns name.</summary>
    /// <exception cref="QuantizationException">A pattern names none.</exception>
    internal IReadOnlySet<string> FindKept(IEnumerable<string> values)
    {
        var all = values.ToList();
        var kept = new HashSet<string>();
        foreach (var pattern in Keep)
        {
            var named = all.Where(v => FileSystemName.MatchesSimpleExpression(pattern, v, ignoreCase: false)).ToList();
            if (named.Count == 0)
            {
                throw new QuantizationException($"'{pattern}' names no value that is quantized; they are {string.Join(", ", all)}");
            }

            kept.UnionWith(named);
        }

        return kept;
    }

    /// <summary>What the manifest says of a model that was made so.</summary>
    internal ManifestQuantization Describe(CalibrationText text, RangeRule rule, IReadOnlySet<string> kept) => new()
    {
        Text = text.Source,
        TextSha256 = text.Sha256,
        Pairs = text.Pairs,
        Method = rule.ToString(),
        Smoothing = Smoothing,
        Kept = [.. kept.Order(StringComparer.Ordinal)],
        Choice = Choice,
    };
}
