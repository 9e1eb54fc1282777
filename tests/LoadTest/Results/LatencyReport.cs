using HdrHistogram;

namespace Reranker.LoadTest.Results;

/// <summary>Latencies in milliseconds; all 0 when there were none.</summary>
internal sealed record LatencyReport(long Count, double Mean, double P50, double P90, double P95, double P99, double P999, double Max)
{
    /// <summary>Of a histogram of microseconds.</summary>
    public static LatencyReport Of(HistogramBase histogram)
    {
        double At(double percentile) => histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1000.0;
        return new LatencyReport(
            histogram.TotalCount,
            histogram.TotalCount == 0 ? 0 : histogram.GetMean() / 1000,
            At(50), At(90), At(95), At(99), At(99.9), At(100));
    }
}
