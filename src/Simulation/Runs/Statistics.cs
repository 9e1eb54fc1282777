namespace Reranker.Simulation.Runs;

/// <summary>Sums of a run.</summary>
internal static class Statistics
{
    /// <summary>A percentile of sorted numbers, nearest rank; 0 of none.</summary>
    public static double FindPercentile(double[] sorted, double share)
        => sorted.Length == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    /// <summary>Jain's fairness index: the square of the sum by the count times the sum of squares; 1 for none.</summary>
    public static double ComputeJain(double[] shares)
    {
        double sum = shares.Sum(), squares = shares.Sum(s => s * s);
        return squares > 0 ? sum * sum / (shares.Length * squares) : 1;
    }
}
