namespace Reranker.Inference.Costs;

/// <summary>Pairs run one after another. The curve is laid out by length once, so a prediction is one look-up a pair.</summary>
internal sealed class PairSumCostModel : MeasuredCostModel
{
    private readonly double[] _timeOfLength;

    public PairSumCostModel(CostTable table, CostLimits limits)
        : base(table, limits)
    {
        var curve = new CostCurve(table.Points.Select(p => ((double)p.Length, p.Microseconds / p.Rows)));
        _timeOfLength = new double[limits.MaxPairTokens + 1];
        for (var length = 0; length < _timeOfLength.Length; length++)
        {
            _timeOfLength[length] = curve.InterpolateTime(length);
        }
    }

    protected override double PredictTableTime(ReadOnlySpan<int> pairLengths)
    {
        double sum = 0;
        foreach (var length in pairLengths)
        {
            sum += _timeOfLength[Math.Min(length, _timeOfLength.Length - 1)];
        }

        return sum;
    }

    protected override double PredictUniformTime(int rows, int length) => rows * _timeOfLength[Math.Min(length, _timeOfLength.Length - 1)];
}
