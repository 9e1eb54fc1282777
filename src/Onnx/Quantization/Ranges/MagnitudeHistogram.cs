using System.Numerics.Tensors;

namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>
/// How often magnitudes occur, in a fixed number of equal bins from zero to a power of two. When a larger value comes, bins are
/// joined in pairs until it fits, so memory is bounded and the order of the values does not matter.
/// </summary>
internal sealed class MagnitudeHistogram
{
    /// <summary>Number of bins. At least half of them lie below the largest magnitude.</summary>
    public const int Bins = 4096;

    private const float SmallestLimit = 1f / (1 << 20);

    private readonly long[] _counts = new long[Bins];
    private float[] _magnitudes = [];

    /// <summary>Where the last bin ends.</summary>
    public float Limit { get; private set; } = SmallestLimit;

    /// <summary>Width of a bin.</summary>
    public float Width => Limit / Bins;

    /// <summary>The largest magnitude, exactly.</summary>
    public float Largest { get; private set; }

    /// <summary>Number of values.</summary>
    public long Total { get; private set; }

    /// <summary>How many values each bin has.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>The magnitude in the middle of a bin.</summary>
    public float FindMiddle(int bin) => (bin + 0.5f) * Width;

    /// <summary>Counts values; they are finite.</summary>
    public void AddValues(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        if (_magnitudes.Length < values.Length)
        {
            _magnitudes = new float[values.Length];
        }

        var magnitudes = _magnitudes.AsSpan(0, values.Length);
        TensorPrimitives.Abs(values, magnitudes);
        Largest = MathF.Max(Largest, TensorPrimitives.Max<float>(magnitudes));
        while (Largest >= Limit)
        {
            JoinPairs();
        }

        var scale = Bins / Limit;
        foreach (var magnitude in magnitudes)
        {
            _counts[(int)(magnitude * scale)]++;
        }

        Total += values.Length;
    }

    /// <summary>The magnitude that a share of all values does not exceed, to the width of a bin.</summary>
    /// <param name="percent">From 0 to 100.</param>
    public float FindPercentile(double percent)
    {
        var wanted = Math.Ceiling(Total * percent / 100);
        long seen = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            seen += _counts[bin];
            if (seen >= wanted)
            {
                return MathF.Min((bin + 1) * Width, Largest);
            }
        }

        return Largest;
    }

    private void JoinPairs()
    {
        for (var bin = 0; bin < Bins / 2; bin++)
        {
            _counts[bin] = _counts[2 * bin] + _counts[(2 * bin) + 1];
        }

        _counts.AsSpan(Bins / 2).Clear();
        Limit *= 2;
    }
}
