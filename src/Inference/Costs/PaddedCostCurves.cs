namespace Reranker.Inference.Costs;

/// <summary>
/// The time of a rectangle as a function of its tokens, one curve a measured length. Short rows cannot fill as many tokens
/// as long ones; behind its last point a curve goes on as the next longer one does.
/// </summary>
internal sealed class PaddedCostCurves
{
    private readonly int[] _lengths;
    private readonly CostCurve[] _curves;

    private PaddedCostCurves(int[] lengths, CostCurve[] curves) => (_lengths, _curves) = (lengths, curves);

    public static PaddedCostCurves FromPoints(IReadOnlyList<CostPoint> measured)
    {
        var byLength = measured.GroupBy(p => p.Length).OrderBy(g => g.Key).ToArray();
        var curves = new CostCurve[byLength.Length];
        (double Size, double Time)[] longer = [];
        for (var i = byLength.Length - 1; i >= 0; i--)
        {
            (double Size, double Time)[] points = [.. byLength[i].Select(p => ((double)p.Rows * p.Length, p.Microseconds))];
            if (i + 1 < curves.Length)
            {
                var last = points.MaxBy(p => p.Size);
                var ratio = last.Time / curves[i + 1].InterpolateTime(last.Size);
                points = [.. points, .. longer.Where(p => p.Size > last.Size).Select(p => (p.Size, p.Time * ratio))];
            }

            curves[i] = new CostCurve(points);
            longer = points;
        }

        return new PaddedCostCurves([.. byLength.Select(g => g.Key)], curves);
    }

    /// <summary>Microseconds of a rectangle of that many tokens in rows of that length.</summary>
    public double InterpolateTime(double tokens, int length)
    {
        var found = Array.BinarySearch(_lengths, length);
        var above = found >= 0 ? found : ~found;
        if (found >= 0 || above == 0)
        {
            return _curves[above].InterpolateTime(tokens);
        }

        var below = _curves[above - 1].InterpolateTime(tokens);
        if (above == _lengths.Length)
        {
            return below;
        }

        var share = (double)(length - _lengths[above - 1]) / (_lengths[above] - _lengths[above - 1]);
        return below + (share * (_curves[above].InterpolateTime(tokens) - below));
    }
}
