namespace Reranker.Onnx.Verification.Layers;

/// <summary>How far one value is from the reference's, over all pairs so far.</summary>
/// <param name="width">Length of its last axis: a row is one token's.</param>
internal sealed class LayerErrors(int width)
{
    // Better than any rounding; a row without any difference counts as this.
    private const double MostSignalToNoise = 200;

    private readonly List<double> _rows = [];

    private double _max;
    private double _sum;
    private double _noise;
    private double _signal;
    private double _other;
    private double _both;
    private long _count;
    private bool _isBroken;

    /// <summary>Adds the values of one pair.</summary>
    public void AddValues(ReadOnlySpan<float> reference, ReadOnlySpan<float> tested)
    {
        if (reference.Length != tested.Length)
        {
            _isBroken = true;
            return;
        }

        double signal = 0, noise = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            double a = reference[i], b = tested[i];
            var distance = Math.Abs(a - b);
            _isBroken |= !double.IsFinite(distance);
            _max = Math.Max(_max, distance);
            _sum += distance;
            noise += distance * distance;
            signal += a * a;
            _other += b * b;
            _both += a * b;
            if ((i + 1) % width == 0)
            {
                _rows.Add(noise == 0 ? MostSignalToNoise : 10 * Math.Log10(signal / noise));
                (_signal, _noise, signal, noise) = (_signal + signal, _noise + noise, 0, 0);
            }
        }

        _count += reference.Length;
    }

    /// <summary>The row of a report.</summary>
    public LayerRow ToRow(string value, double tolerance)
    {
        if (_isBroken || _count == 0)
        {
            return new LayerRow(value, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0, double.NegativeInfinity, double.NegativeInfinity, true);
        }

        var ratio = _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);
        var cosine = _signal == 0 || _other == 0 ? (_noise == 0 ? 1 : 0) : _both / Math.Sqrt(_signal * _other);
        var relative = _noise == 0 ? 0 : Math.Sqrt(_noise / _signal);
        _rows.Sort();
        var median = _rows[_rows.Count / 2];
        return new LayerRow(value, _max, _sum / _count, relative, cosine, ratio, median, median < tolerance);
    }
}

/// <summary>How far one value is from the reference's.</summary>
/// <param name="Value">Its name.</param>
/// <param name="MaxError">Largest distance.</param>
/// <param name="MeanError">Mean distance.</param>
/// <param name="RelativeError">Length of the difference over that of the reference.</param>
/// <param name="Cosine">Cosine of the angle between them.</param>
/// <param name="SignalToNoise">Signal to quantization noise in dB.</param>
/// <param name="MedianSignalToNoise">
/// The same of single tokens, in the median. Where a static range clips the few huge values that some tokens have on purpose, the one
/// number over all tokens is theirs alone; a fault of a conversion is in every token.
/// </param>
/// <param name="IsBeyond">True where the median is below the tolerance.</param>
public sealed record LayerRow(
    string Value, double MaxError, double MeanError, double RelativeError, double Cosine, double SignalToNoise, double MedianSignalToNoise,
    bool IsBeyond);
