using System.Globalization;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>How the range of an activation is found in what calibration saw of it.</summary>
public enum RangeMethod
{
    /// <summary>The largest magnitude: nothing is clipped.</summary>
    Max,

    /// <summary>The magnitude that all but a small share of the values do not exceed.</summary>
    Percentile,

    /// <summary>The range with the smallest mean squared error of rounding and clipping.</summary>
    Mse,

    /// <summary>The range whose rounded distribution is nearest to the one that was seen, by relative entropy.</summary>
    Entropy,
}

/// <summary>A method with its number.</summary>
/// <param name="Method">The method.</param>
/// <param name="Percentile">Percentage of the values that <see cref="RangeMethod.Percentile"/> does not clip; the others do not read it.</param>
public sealed record RangeRule(RangeMethod Method, double Percentile = RangeRule.UsualPercentile)
{
    /// <summary>The percentage where none is named.</summary>
    public const double UsualPercentile = 99.99;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is no rule.</exception>
    public static RangeRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split(' ');
        var percentile = UsualPercentile;
        return Enum.TryParse<RangeMethod>(words[0], ignoreCase: true, out var method) && Enum.IsDefined(method) && words.Length <= 2
            && (words.Length < 2 || double.TryParse(words[1], CultureInfo.InvariantCulture, out percentile))
            ? new RangeRule(method, percentile)
            : throw new QuantizationException($"'{text}' is no way to find ranges");
    }

    /// <summary>In a few characters, for tables and manifests.</summary>
    public override string ToString() => Method == RangeMethod.Percentile
        ? FormattableString.Invariant($"percentile {Percentile}")
        : Method.ToString().ToLowerInvariant();
}
