namespace Reranker.Onnx.Verification.Layers;

/// <summary>What the values of two models must hold.</summary>
/// <param name="Whole">Signal to noise of a token in the median, in dB.</param>
/// <param name="Step">The same of a step alone; null where steps are not judged.</param>
internal sealed record LayerLimits(double Whole, double? Step)
{
    // Nothing is rounded to eight bits by a static range before it, so no token of it is far away by chance: two swapped positions are in two tokens.
    private const double WorstOfFirst = 12;

    /// <summary>The row of a value.</summary>
    /// <param name="value">Its name.</param>
    /// <param name="errors">How far it is from the reference's.</param>
    /// <param name="steps">How far its own step is; null where that is not known.</param>
    public LayerRow JudgeValue(string value, LayerErrors errors, LayerErrors? steps)
    {
        var row = errors.ToRow(value);
        var step = steps?.FindMedianSignalToNoise();
        var isFirstBeyond = value == LayerValues.First && errors.FindWorstSignalToNoise() < (Step is null ? Whole : Math.Max(Whole, WorstOfFirst));
        return row with { StepSignalToNoise = step, IsBeyond = row.IsBeyond || isFirstBeyond || row.MedianSignalToNoise < Whole || step < Step };
    }
}
