namespace Reranker.Inference.Costs;

/// <summary>
/// Rectangles of rows × length. At one length the time is a curve over the tokens of the whole rectangle, padding included:
/// matrix products go by their sum, in steps where a tile or a wave of tiles begins. Between two measured lengths both
/// curves are asked for the same number of tokens, so that their steps stay where they are; what is mixed is attention.
/// Laid out once for every shape, so a prediction is one look-up.
/// </summary>
internal sealed class PaddedCostModel : MeasuredCostModel, IPaddedCostModel
{
    /// <summary>Lengths are told apart in steps of as many tokens; a padded engine rounds its rows up to them.</summary>
    public const int LengthStep = 8;

    private readonly double[,] _times;
    private readonly int _maxRows;
    private readonly int _maxSteps;

    public PaddedCostModel(CostTable table, CostLimits limits)
        : base(table, limits)
    {
        _maxRows = Math.Max(limits.MaxBatchPairs, table.Points.Max(p => p.Rows));
        _maxSteps = CountSteps(Math.Max(limits.MaxPairTokens, table.Points.Max(p => p.Length)));
        _times = TabulateTimes(PaddedCostCurves.FromPoints(table.Points), _maxRows, _maxSteps);
    }

    public double PredictMicroseconds(int rows, int longest) => PredictUniformTime(rows, longest) * Correction;

    protected override double PredictTableTime(ReadOnlySpan<int> pairLengths)
    {
        var longest = 0;
        foreach (var length in pairLengths)
        {
            longest = Math.Max(longest, length);
        }

        return PredictUniformTime(pairLengths.Length, longest);
    }

    protected override double PredictUniformTime(int rows, int length)
    {
        var steps = Math.Max(1, CountSteps(length));
        var time = _times[Math.Min(rows, _maxRows) - 1, Math.Min(steps, _maxSteps) - 1];

        // Beyond the limits in proportion, which for a full device is right and else is cautious.
        return time * Math.Max(1, (double)rows / _maxRows) * Math.Max(1, (double)steps / _maxSteps);
    }

    private static int CountSteps(int length) => (length + LengthStep - 1) / LengthStep;

    // More rows or longer ones never look faster: noise may say so, and a batch former that believed it would build them.
    private static double[,] TabulateTimes(PaddedCostCurves curves, int maxRows, int maxSteps)
    {
        var times = new double[maxRows, maxSteps];
        for (var step = 0; step < maxSteps; step++)
        {
            var length = (step + 1) * LengthStep;
            for (var row = 0; row < maxRows; row++)
            {
                var minTime = Math.Max(row > 0 ? times[row - 1, step] : 0, step > 0 ? times[row, step - 1] : 0);
                times[row, step] = Math.Max(minTime, curves.InterpolateTime((double)(row + 1) * length, length));
            }
        }

        return times;
    }
}
