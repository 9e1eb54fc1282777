namespace Reranker.Inference.Costs;

/// <summary>
/// A time as a function of one size: linear between measured points, never falling, and beyond the last point on the
/// line through zero or through the last two points, whichever is steeper at the end.
/// </summary>
internal sealed class CostCurve
{
    private readonly double[] _sizes;
    private readonly double[] _times;

    public CostCurve(IEnumerable<(double Size, double Time)> points)
    {
        var sorted = points.GroupBy(p => p.Size).Select(g => (Size: g.Key, Time: g.Min(p => p.Time))).OrderBy(p => p.Size).ToArray();
        if (sorted.Length == 0)
        {
            throw new ArgumentException("A curve needs a point.", nameof(points));
        }

        _sizes = [.. sorted.Select(p => p.Size)];
        _times = new double[sorted.Length];

        // Noise may make a larger batch look faster; a batch former that believes it would build the larger one.
        // From the end, because measured times err upwards.
        var minTime = double.PositiveInfinity;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            minTime = Math.Min(minTime, sorted[i].Time);
            _times[i] = minTime;
        }
    }

    public double InterpolateTime(double size)
    {
        var last = _sizes.Length - 1;
        if (size <= _sizes[0])
        {
            // The first point is small: what is below it is mostly fixed cost.
            return _times[0];
        }

        if (size >= _sizes[last])
        {
            return ExtrapolateTime(size, last);
        }

        var found = Array.BinarySearch(_sizes, size);
        if (found >= 0)
        {
            return _times[found];
        }

        var above = ~found;
        var share = (size - _sizes[above - 1]) / (_sizes[above] - _sizes[above - 1]);
        return _times[above - 1] + (share * (_times[above] - _times[above - 1]));
    }

    private double ExtrapolateTime(double size, int last)
    {
        var slope = _times[last] / _sizes[last];
        if (last > 0)
        {
            slope = Math.Max(slope, (_times[last] - _times[last - 1]) / (_sizes[last] - _sizes[last - 1]));
        }

        return _times[last] + (slope * (size - _sizes[last]));
    }
}
