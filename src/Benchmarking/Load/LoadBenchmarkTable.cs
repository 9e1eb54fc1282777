using System.Globalization;
using System.Text;

namespace Reranker.Benchmarking.Load;

/// <summary>A load report as plain text.</summary>
public static class LoadBenchmarkTable
{
    /// <summary>The report with a line a load.</summary>
    public static string FormatReport(LoadBenchmarkReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder()
            .AppendLine(culture, $"{report.Model} {report.Precision} on {report.Provider}, {report.Device}; {report.Passages} passages a request, {report.MeanTokens:F1} tokens a pair")
            .AppendLine(culture, $"offline, all pairs at once: {string.Join(", ", report.Offline.Select(r => string.Create(culture, $"{r.PairsPerSecond:F0} pairs/s at {r.MaxTokens} tokens a run")))}")
            .AppendLine(culture, $"{"load",-40}{"offered/s",10}{"pairs/s",10}{"p50 ms",9}{"p90 ms",9}{"p99 ms",9}{"max ms",9}{"n",7}{"failed",8}{"pairs/run",11}{"ms/run",8}{"busy",7}");
        foreach (var row in report.Rows)
        {
            text.AppendLine(
                culture,
                $"{row.Name,-40}{row.OfferedPairsPerSecond,10:F0}{row.PairsPerSecond,10:F0}{row.P50Milliseconds,9:F1}{row.P90Milliseconds,9:F1}{row.P99Milliseconds,9:F1}{row.MaxMilliseconds,9:F1}{row.Requests,7}{row.Unanswered,8}{row.BatchPairs,11:F1}{row.BatchMilliseconds,8:F1}{row.BusyShare,7:P0}");
        }

        return text
            .AppendLine(culture, $"saturated: {report.SaturatedOverOffline:P1} of the best offline rate, {report.OfflinePairsPerSecond:F0} pairs/s")
            .AppendLine(culture, $"the job raises the small requests' p99 by {report.JobRaisesP99By:F1} ms, {report.JobRaisesP99ByBatches:F1} batch times")
            .ToString();
    }
}
