namespace Reranker.Inference.Costs;

/// <summary>
/// A cost table that learns: predictions are the table's times multiplied by a moving average of real over predicted
/// time, so that a busy neighbour, a hot card or a lower clock is followed within some tens of batches.
/// </summary>
internal abstract class MeasuredCostModel(CostTable table, CostLimits limits) : ICostModel
{
    // 1/16: forgets an outlier in about 40 batches.
    private const double Weight = 1.0 / 16;
    private const double MinCorrection = 0.25;
    private const double MaxCorrection = 8;
    private const int FirstTypicalLength = 128;

    private readonly Lock _learning = new();
    private double _correction = 1;
    private double _typicalLength = Math.Min(FirstTypicalLength, limits.MaxPairTokens);

    public CostTable Table => table;

    protected CostLimits Limits { get; } = limits;

    /// <summary>The moving average of real over predicted time.</summary>
    public double Correction => Volatile.Read(ref _correction);

    public double TokensPerSecond
    {
        get
        {
            var length = Math.Clamp((int)Volatile.Read(ref _typicalLength), 1, Limits.MaxPairTokens);
            var rows = Math.Clamp(Limits.MaxBatchTokens / length, 1, Limits.MaxBatchPairs);
            return Limits.Lanes * 1e6 * rows * length / (PredictUniformTime(rows, length) * Correction);
        }
    }

    public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
        => pairLengths.IsEmpty ? 0 : PredictTableTime(pairLengths) * Correction;

    public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
    {
        if (pairLengths.IsEmpty || !(microseconds > 0))
        {
            return;
        }

        double tokens = 0, squares = 0;
        foreach (var length in pairLengths)
        {
            tokens += length;
            squares += (double)length * length;
        }

        var ratio = microseconds / PredictTableTime(pairLengths);
        lock (_learning)
        {
            // One stalled run says little of the next: an observation counts for at most twice what was believed.
            var believed = Math.Clamp(ratio, _correction / 2, _correction * 2);
            Volatile.Write(
                ref _correction,
                Math.Clamp(_correction + (Weight * (believed - _correction)), MinCorrection, MaxCorrection));
            Volatile.Write(ref _typicalLength, _typicalLength + (Weight * ((squares / tokens) - _typicalLength)));
        }
    }

    /// <summary>The table's time of a batch that is not empty, in microseconds.</summary>
    protected abstract double PredictTableTime(ReadOnlySpan<int> pairLengths);

    /// <summary>The table's time of a batch of equal pairs, in microseconds.</summary>
    protected abstract double PredictUniformTime(int rows, int length);
}
