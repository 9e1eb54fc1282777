using Reranker.Client;

namespace Reranker.Tool.ScoreMaps;

/// <summary>A kind of curve, tried on pairs of queries that it was not fitted to.</summary>
internal sealed class HeldOutFit
{
    private const double LeastProbability = 1e-15;

    private readonly double[] _lossOfFold;

    private HeldOutFit(double[] probabilities, double[] lossOfFold, CalibrationMeasures measures)
        => (Probabilities, _lossOfFold, Measures) = (probabilities, lossOfFold, measures);

    /// <summary>Of every pair, by the curve that was fitted to all parts but its own.</summary>
    public IReadOnlyList<double> Probabilities { get; }

    /// <summary>How well they hold.</summary>
    public CalibrationMeasures Measures { get; }

    /// <summary>Fits once for each part; null where some fit has no curve that rises.</summary>
    public static HeldOutFit? Create(IReadOnlyList<LabelledLogit> pairs, int folds, Func<IReadOnlyList<LabelledLogit>, ScoreCurve?> fit)
    {
        var probabilities = new double[pairs.Count];
        for (var fold = 0; fold < folds; fold++)
        {
            if (fit([.. pairs.Where(p => p.Fold != fold)]) is not { } curve)
            {
                return null;
            }

            for (var i = 0; i < pairs.Count; i++)
            {
                probabilities[i] = pairs[i].Fold == fold ? curve.FindProbability(pairs[i].Logit) : probabilities[i];
            }
        }

        var judged = pairs.Select((p, i) => (Probability: probabilities[i], p.IsRelevant, p.Fold)).ToArray();
        return new HeldOutFit(
            probabilities,
            [.. Enumerable.Range(0, folds).Select(fold => judged.Where(p => p.Fold == fold).Average(static p => ComputeLogLoss(p.Probability, p.IsRelevant)))],
            Measure([.. judged.Select(static p => (p.Probability, p.IsRelevant))]));
    }

    /// <summary>Whether the mean loss of the parts is smaller by more than its standard error: a curve with more numbers has to earn them.</summary>
    public bool BeatsBeyondChance(HeldOutFit simpler)
    {
        var gains = simpler._lossOfFold.Zip(_lossOfFold, static (a, b) => a - b).ToArray();
        var mean = gains.Average();
        var deviation = Math.Sqrt(gains.Sum(g => (g - mean) * (g - mean)) / (gains.Length - 1));
        return mean > deviation / Math.Sqrt(gains.Length);
    }

    /// <summary>How far probabilities are from what came true.</summary>
    public static CalibrationMeasures Measure(IReadOnlyList<(double Probability, bool IsRelevant)> pairs) => new(
        ReliabilityBins.ComputeError(ReliabilityBins.CreateEqualMass(pairs)),
        ReliabilityBins.ComputeError(ReliabilityBins.CreateEqualWidth(pairs)),
        pairs.Average(static p => Math.Pow(p.Probability - (p.IsRelevant ? 1 : 0), 2)),
        pairs.Average(static p => ComputeLogLoss(p.Probability, p.IsRelevant)));

    private static double ComputeLogLoss(double probability, bool isRelevant)
        => -Math.Log(Math.Max(LeastProbability, isRelevant ? probability : 1 - probability));
}
