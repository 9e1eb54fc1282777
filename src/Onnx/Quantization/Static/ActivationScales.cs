using Reranker.Onnx.Quantization.Ranges;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>
/// The static scale of every activation that is quantized, by the name of the value: value ≈ level × scale. A value without a
/// scale is kept as it is.
/// </summary>
internal sealed class ActivationScales
{
    // The smallest normal FP16 number: a scale below it loses digits, and zero would divide by zero.
    private const float MinScale = 6.2e-5f;

    private readonly IReadOnlyDictionary<string, float> _scales;

    private ActivationScales(IReadOnlyDictionary<string, float> scales) => _scales = scales;

    /// <summary>The scale of a value that has one.</summary>
    public float this[string value] => _scales[value];

    /// <summary>True for a value that is quantized.</summary>
    public bool IsQuantized(string value) => _scales.ContainsKey(value);

    /// <summary>Scales from ranges: magnitudes beyond a range are clipped.</summary>
    public static ActivationScales FromRanges(IReadOnlyDictionary<string, float> ranges, QuantizedFormat format) => new(
        ranges.ToDictionary(r => r.Key, r => MathF.Max(r.Value / format.MaxLevel, MinScale)));

    /// <summary>Scales of all values that calibration saw but those that are kept.</summary>
    /// <param name="statistics">What calibration saw.</param>
    /// <param name="format">What the values are rounded to.</param>
    /// <param name="rule">How ranges are found.</param>
    /// <param name="kept">Values that are not quantized.</param>
    public static ActivationScales FromStatistics(
        CalibrationStatistics statistics, QuantizedFormat format, RangeRule rule, IReadOnlySet<string> kept)
        => FromRanges(
            statistics.Values.Keys.Where(v => !kept.Contains(v)).ToDictionary(v => v, v => statistics.FindRange(v, format, rule)), format);
}
