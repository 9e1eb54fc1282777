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

    /// <summary>Signal to noise of a token in the median, in dB; below everything for what cannot be compared.</summary>
    public double FindMedianSignalToNoise() => IsUsable ? SortRows()[_rows.Count / 2] : double.NegativeInfinity;

    /// <summary>The same of the token that is furthest away.</summary>
    public double FindWorstSignalToNoise() => IsUsable ? SortRows()[0] : double.NegativeInfinity;

    /// <summary>The row of a report, which nothing has judged yet.</summary>
    public LayerRow ToRow(string value)
    {
        if (!IsUsable)
        {
            return new LayerRow(value, double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 0, double.NegativeInfinity, double.NegativeInfinity, true);
        }

        var ratio = _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);
        var cosine = _signal == 0 || _other == 0 ? (_noise == 0 ? 1 : 0) : _both / Math.Sqrt(_signal * _other);
        var relative = _noise == 0 ? 0 : Math.Sqrt(_noise / _signal);
        return new LayerRow(value, _max, _sum / _count, relative, cosine, ratio, FindMedianSignalToNoise(), IsBeyond: false);
    }

    private bool IsUsable => !_isBroken && _count > 0;

    private List<double> SortRows()
    {
        _rows.Sort();
        return _rows;
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
/// <param name="IsBeyond">True where something of it is below its tolerance.</param>
/// <param name="StepSignalToNoise">
/// The median where both work the value out from the same numbers before it: what was rounded earlier is not in it. Null where neither is a checkpoint,
/// or nothing is rounded to eight bits.
/// </param>
public sealed record LayerRow(
    string Value, double MaxError, double MeanError, double RelativeError, double Cosine, double SignalToNoise, double MedianSignalToNoise,
    bool IsBeyond, double? StepSignalToNoise = null);
