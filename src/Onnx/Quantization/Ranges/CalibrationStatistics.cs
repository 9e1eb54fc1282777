namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>What calibration saw of every value that is quantized. The scales of every format and method come from it.</summary>
/// <param name="Text">The pairs that were run.</param>
/// <param name="Values">The values, by name, in the order in which a pair meets them.</param>
internal sealed record CalibrationStatistics(CalibrationText Text, IReadOnlyDictionary<string, ValueStatistics> Values)
{
    /// <summary>Those of some values.</summary>
    public CalibrationStatistics TakeValues(IReadOnlySet<string> values)
        => this with { Values = new OrderedDictionary<string, ValueStatistics>(Values.Where(v => values.Contains(v.Key))) };

    /// <summary>The range of a value.</summary>
    public float FindRange(string value, QuantizedFormat format, RangeRule rule) => RangeSearch.FindRange(Values[value].Histogram, format, rule);
}

/// <summary>What a model was calibrated on, as its manifest says it.</summary>
/// <param name="Source"><c>built-in</c>, or the name of a file.</param>
/// <param name="Sha256">Hash of the file, or of the built-in texts: SHA-256 in lower-case hexadecimal.</param>
/// <param name="Pairs">Pairs that were run.</param>
public sealed record CalibrationText(string Source, string Sha256, int Pairs);
