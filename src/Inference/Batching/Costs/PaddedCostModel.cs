namespace Reranker.Inference.Batching.Costs;

/// <summary>
/// Bilinear interpolation on a grid of rows × length, made monotone. A grid point that was not measured (its batch is over
/// the limit) continues its neighbours linearly in rows.
/// </summary>
internal sealed class PaddedCostModel : MeasuredCostModel, IPaddedCostModel
{
    private readonly int[] _rows;
    private readonly int[] _lengths;
    private readonly double[,] _times;

    public PaddedCostModel(CostTable table, CostLimits limits)
        : base(limits)
    {
        _rows = [.. table.Points.Select(p => p.Rows).Distinct().Order()];
        _lengths = [.. table.Points.Select(p => p.Length).Distinct().Order()];
        _times = Fill(table, _rows, _lengths);
    }

    public double PredictMicroseconds(int rows, int longest) => UniformTime(rows, longest) * Correction;

    protected override double TableTime(ReadOnlySpan<int> pairLengths)
    {
        var longest = 0;
        foreach (var length in pairLengths)
        {
            longest = Math.Max(longest, length);
        }

        return UniformTime(pairLengths.Length, longest);
    }

    protected override double UniformTime(int rows, int length)
    {
        var (row, rowShare, rowScale) = Place(_rows, rows);
        var (column, columnShare, columnScale) = Place(_lengths, length);
        var nextRow = Math.Min(row + 1, _rows.Length - 1);
        var nextColumn = Math.Min(column + 1, _lengths.Length - 1);
        var near = Mix(_times[row, column], _times[row, nextColumn], columnShare);
        var far = Mix(_times[nextRow, column], _times[nextRow, nextColumn], columnShare);
        return Mix(near, far, rowShare) * rowScale * columnScale;
    }

    private static double Mix(double a, double b, double share) => a + (share * (b - a));

    // Below the axis: its first value. Beyond it: in proportion, which for a full device is right and else is cautious.
    private static (int Index, double Share, double Scale) Place(int[] axis, int value)
    {
        var last = axis.Length - 1;
        if (value <= axis[0])
        {
            return (0, 0, 1);
        }

        if (value >= axis[last])
        {
            return (last, 0, (double)value / axis[last]);
        }

        var found = Array.BinarySearch(axis, value);
        if (found >= 0)
        {
            return (found, 0, 1);
        }

        var above = ~found;
        return (above - 1, (double)(value - axis[above - 1]) / (axis[above] - axis[above - 1]), 1);
    }

    private static double[,] Fill(CostTable table, int[] rows, int[] lengths)
    {
        var times = new double[rows.Length, lengths.Length];
        foreach (var point in table.Points)
        {
            times[Array.BinarySearch(rows, point.Rows), Array.BinarySearch(lengths, point.Length)] = point.Microseconds;
        }

        for (var r = 0; r < rows.Length; r++)
        {
            for (var l = 0; l < lengths.Length; l++)
            {
                if (times[r, l] == 0)
                {
                    times[r, l] = Missing(times, rows, lengths, r, l);
                }

                times[r, l] = Math.Max(times[r, l], Math.Max(r > 0 ? times[r - 1, l] : 0, l > 0 ? times[r, l - 1] : 0));
            }
        }

        return times;
    }

    private static double Missing(double[,] times, int[] rows, int[] lengths, int r, int l) => (r, l) switch
    {
        ( > 0, _) => times[r - 1, l] * rows[r] / rows[r - 1],
        (_, > 0) => times[r, l - 1] * lengths[l] / lengths[l - 1],
        _ => throw new ArgumentException("A grid needs the point of its fewest rows and shortest length."),
    };
}
