namespace Reranker.Onnx.Verification.Layers;

/// <summary>What the values of two models must hold.</summary>
/// <param name="Whole">Signal to noise of a token in the median, in dB; null where steps tell all.</param>
/// <param name="Step">The same of a step alone; null where steps are not judged.</param>
internal sealed record LayerLimits(double? Whole, double? Step)
{
    /// <summary>What two models must hold.</summary>
    /// <param name="reference">The one that is believed.</param>
    /// <param name="tested">The other.</param>
    /// <param name="areSteps">Whether one of them can work out steps.</param>
    /// <param name="tolerance">What was asked for, and is then all that counts.</param>
    public static LayerLimits FindLimits(ILayerSource reference, ILayerSource tested, bool areSteps, double? tolerance)
    {
        if (tolerance is not null)
        {
            return new LayerLimits(tolerance, null);
        }

        // Rounding piles up with the layers: of a sound FP8 model of 22 layers 7 dB were left at the end, while no step was below 28.
        var stepwise = reference.UsualStepTolerance is null ? tested : reference;
        return new LayerLimits(areSteps && stepwise.DoStepsTellAll ? null : Math.Min(reference.UsualTolerance, tested.UsualTolerance), stepwise.UsualStepTolerance);
    }

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
        var isFirstBeyond = value == LayerValues.First && errors.FindWorstSignalToNoise() < (Step is null ? Whole : Math.Max(Whole ?? WorstOfFirst, WorstOfFirst));
        return row with { StepSignalToNoise = step, IsBeyond = row.IsBeyond || isFirstBeyond || row.MedianSignalToNoise < Whole || step < Step };
    }
}
