namespace Reranker.Onnx.Quantization.Ranges;

/// <summary>Finds the range of a value in its histogram.</summary>
internal static class RangeSearch
{
    // Ranges that are tried: every 64th part of the largest magnitude but the smallest eighth.
    private const int Candidates = 64;
    private const int FirstCandidate = 8;

    /// <summary>The range: magnitudes beyond it are clipped.</summary>
    /// <param name="histogram">What was seen.</param>
    /// <param name="format">What the value is rounded to.</param>
    /// <param name="rule">How.</param>
    public static float FindRange(MagnitudeHistogram histogram, QuantizedFormat format, RangeRule rule) => rule.Method switch
    {
        RangeMethod.Max => histogram.Largest,
        RangeMethod.Percentile => histogram.FindPercentile(rule.Percentile),
        RangeMethod.Mse => FindBest(histogram, range => ComputeSquaredError(histogram, format, range / format.MaxLevel)),
        RangeMethod.Entropy => FindBest(histogram, range => ComputeRelativeEntropy(histogram, format, range)),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Method, null),
    };

    /// <summary>Mean squared error of rounding and clipping with a scale.</summary>
    internal static double ComputeSquaredError(MagnitudeHistogram histogram, QuantizedFormat format, float scale)
    {
        var error = 0.0;
        for (var bin = 0; bin < MagnitudeHistogram.Bins; bin++)
        {
            if (histogram.Counts[bin] is var count and > 0)
            {
                var value = histogram.FindMiddle(bin);
                double difference = value - (format.RoundToLevel(value / scale) * scale);
                error += count * difference * difference;
            }
        }

        return error / Math.Max(1, histogram.Total);
    }

    // The whole range is tried first, and a narrower one must be better, not as good.
    private static float FindBest(MagnitudeHistogram histogram, Func<float, double> computeLoss)
    {
        if (histogram.Largest == 0)
        {
            return 0;
        }

        var (best, smallest) = (histogram.Largest, computeLoss(histogram.Largest));
        for (var candidate = Candidates - 1; candidate >= FirstCandidate; candidate--)
        {
            var range = histogram.Largest * candidate / Candidates;
            if (computeLoss(range) is var loss && loss < smallest)
            {
                (best, smallest) = (range, loss);
            }
        }

        return best;
    }

    // As Migacz, "8-bit inference with TensorRT", 2017: what is clipped counts in the last bin of the reference alone, and the
    // rounded distribution spreads each level's values over those of its bins that have any. Zeros are left out: they are exact.
    private static double ComputeRelativeEntropy(MagnitudeHistogram histogram, QuantizedFormat format, float range)
    {
        var end = Math.Clamp((int)MathF.Ceiling(range / histogram.Width), 2, MagnitudeHistogram.Bins);
        var reference = new double[end];
        for (var bin = 1; bin < MagnitudeHistogram.Bins; bin++)
        {
            reference[Math.Min(bin, end - 1)] += histogram.Counts[bin];
        }

        var rounded = SpreadLevels(histogram, format, end, range / format.MaxLevel);
        var (referenceSum, roundedSum) = (reference.Sum(), rounded.Sum());
        if (referenceSum == 0 || roundedSum == 0)
        {
            return double.MaxValue;
        }

        var entropy = 0.0;
        for (var bin = 1; bin < end; bin++)
        {
            if (reference[bin] > 0)
            {
                var p = reference[bin] / referenceSum;
                entropy += p * Math.Log(p / Math.Max(rounded[bin] / roundedSum, 1e-12));
            }
        }

        return entropy;
    }

    private static double[] SpreadLevels(MagnitudeHistogram histogram, QuantizedFormat format, int end, float scale)
    {
        var rounded = new double[end];
        for (var first = 1; first < end;)
        {
            var level = format.RoundToLevel(histogram.FindMiddle(first) / scale);
            var (last, sum, used) = (first, 0.0, 0);
            for (; last < end && format.RoundToLevel(histogram.FindMiddle(last) / scale) == level; last++)
            {
                sum += histogram.Counts[last];
                used += histogram.Counts[last] > 0 ? 1 : 0;
            }

            for (var bin = first; bin < last; bin++)
            {
                rounded[bin] = histogram.Counts[bin] > 0 ? sum / used : 0;
            }

            first = last;
        }

        return rounded;
    }
}
