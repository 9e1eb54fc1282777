namespace Reranker.Tool.ScoreMaps;

/// <summary>Some pairs of like probability.</summary>
/// <param name="Count">How many.</param>
/// <param name="Predicted">Mean of their probabilities.</param>
/// <param name="Observed">Share of them that is relevant.</param>
internal readonly record struct ReliabilityBin(int Count, double Predicted, double Observed);

/// <summary>Puts pairs into bins by their probabilities.</summary>
internal static class ReliabilityBins
{
    /// <summary>Number of bins, as in most of the literature.</summary>
    public const int Count = 15;

    /// <summary>Bins of equal width; empty ones are left out.</summary>
    public static IReadOnlyList<ReliabilityBin> CreateEqualWidth(IReadOnlyList<(double Probability, bool IsRelevant)> pairs)
        => [.. pairs.GroupBy(static p => Math.Min(Count - 1, (int)(p.Probability * Count))).OrderBy(static g => g.Key).Select(static g => CreateBin([.. g]))];

    /// <summary>Bins of equally many pairs; equal probabilities stay together.</summary>
    public static IReadOnlyList<ReliabilityBin> CreateEqualMass(IReadOnlyList<(double Probability, bool IsRelevant)> pairs)
    {
        var sorted = pairs.OrderBy(static p => p.Probability).ToArray();
        var bins = new List<ReliabilityBin>(Count);
        for (int i = 0, start = 0; i < Count; i++)
        {
            var end = Math.Max(start, (int)((i + 1L) * sorted.Length / Count));
            while (end > start && end < sorted.Length && sorted[end].Probability == sorted[end - 1].Probability)
            {
                end++;
            }

            if (end > start)
            {
                bins.Add(CreateBin(sorted[start..end]));
            }

            start = end;
        }

        return bins;
    }

    /// <summary>Expected calibration error: the mean distance of what was predicted to what was observed, by pairs.</summary>
    /// <remarks>M. Naeini, G. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.</remarks>
    public static double ComputeError(IReadOnlyList<ReliabilityBin> bins)
        => bins.Sum(static b => b.Count * Math.Abs(b.Predicted - b.Observed)) / bins.Sum(static b => b.Count);

    private static ReliabilityBin CreateBin((double Probability, bool IsRelevant)[] pairs)
        => new(pairs.Length, pairs.Average(static p => p.Probability), pairs.Average(static p => p.IsRelevant ? 1.0 : 0.0));
}
