using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>
/// <c>calibration.json</c> beside a model: what calibration saw, to be read by people. Nothing reads it back: the scales that came
/// of it are in the graph.
/// </summary>
internal static class CalibrationFile
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string Name = "calibration.json";

    private static readonly double[] Percentiles = [50, 99, 99.9, 99.99, 99.999];

    /// <summary>The file's content.</summary>
    /// <param name="statistics">What was seen.</param>
    /// <param name="format">Whose ranges are listed.</param>
    /// <param name="rule">How those that the model has were found.</param>
    /// <param name="kept">Values that are not quantized in this model.</param>
    public static byte[] Write(CalibrationStatistics statistics, QuantizedFormat format, RangeRule rule, IReadOnlySet<string> kept)
        => JsonSerializer.SerializeToUtf8Bytes(
            new CalibrationContent(
                statistics.Text,
                format.Name,
                rule.ToString(),
                [.. statistics.Values.Select(v => Describe(v.Key, v.Value, format, rule, kept))]),
            CalibrationJson.Default.CalibrationContent);

    private static CalibratedValue Describe(string name, ValueStatistics value, QuantizedFormat format, RangeRule rule, IReadOnlySet<string> kept)
    {
        var histogram = value.Histogram;
        var ordered = value.ChannelMax.Order().ToArray();
        return new CalibratedValue(
            name,
            kept.Contains(name) ? null : RangeSearch.FindRange(histogram, format, rule),
            value.Min,
            value.Max,
            histogram.Total,
            Percentiles.ToDictionary(p => FormattableString.Invariant($"{p}"), histogram.FindPercentile),
            RangeSearch.FindRange(histogram, format, new RangeRule(RangeMethod.Mse)),
            RangeSearch.FindRange(histogram, format, new RangeRule(RangeMethod.Entropy)),
            ordered[ordered.Length / 2],
            [.. value.ChannelMax.Index().OrderByDescending(c => c.Item).Take(4).Select(c => new LargeChannel(c.Index, c.Item))]);
    }
}

/// <summary>The content of a calibration file.</summary>
internal sealed record CalibrationContent(CalibrationText Text, string Format, string Method, IReadOnlyList<CalibratedValue> Values);

/// <summary>One value: its range in the model (null: kept wide), its ends, magnitudes by percentage, and its channels.</summary>
internal sealed record CalibratedValue(
    string Name,
    float? Range,
    float Min,
    float Max,
    long Seen,
    IReadOnlyDictionary<string, float> Percentiles,
    float Mse,
    float Entropy,
    float MedianChannelMax,
    IReadOnlyList<LargeChannel> LargestChannels);

/// <summary>A channel with its largest magnitude.</summary>
internal sealed record LargeChannel(int Channel, float Max);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(CalibrationContent))]
internal sealed partial class CalibrationJson : JsonSerializerContext;
