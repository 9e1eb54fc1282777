namespace Reranker.Inference.Costs;

/// <summary>
/// Pairs without padding: the linear layers cost by all tokens together, attention by the squares of the lengths. The curve
/// over all tokens comes from the length that was measured most often; a factor for the squares beyond that length from the rest.
/// </summary>
internal sealed class PackedCostModel : MeasuredCostModel
{
    private readonly CostCurve _timeOfTokens;
    private readonly int _baseLength;
    private readonly double _timeOfSquare;

    public PackedCostModel(CostTable table, CostLimits limits)
        : base(table, limits)
    {
        var byLength = table.Points.GroupBy(p => p.Length).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToArray();
        _baseLength = byLength[0].Key;
        _timeOfTokens = new CostCurve(byLength[0].Select(p => ((double)p.Rows * p.Length, p.Microseconds)));

        // Least squares through zero, relative errors: sum(x·y/t²) / sum(x²/t²).
        double numerator = 0, denominator = 0;
        foreach (var point in byLength.Skip(1).SelectMany(g => g))
        {
            var tokens = (double)point.Rows * point.Length;
            var weight = 1 / (point.Microseconds * point.Microseconds);
            var squares = tokens * (point.Length - _baseLength);
            numerator += squares * (point.Microseconds - _timeOfTokens.InterpolateTime(tokens)) * weight;
            denominator += squares * squares * weight;
        }

        _timeOfSquare = denominator > 0 ? Math.Max(0, numerator / denominator) : 0;
    }

    protected override double PredictTableTime(ReadOnlySpan<int> pairLengths)
    {
        double tokens = 0, squares = 0;
        foreach (var length in pairLengths)
        {
            tokens += length;
            squares += (double)length * length;
        }

        return ComputeTime(tokens, squares);
    }

    protected override double PredictUniformTime(int rows, int length) => ComputeTime((double)rows * length, (double)rows * length * length);

    private double ComputeTime(double tokens, double squares)
    {
        var linear = _timeOfTokens.InterpolateTime(tokens);

        // Short pairs save attention, but never more than half of what was measured: the rest is not attention.
        return Math.Max(linear / 2, linear + (_timeOfSquare * (squares - (tokens * _baseLength))));
    }
}
