using System.Globalization;
using System.Text;

namespace Reranker.Benchmarking.Engine;

/// <summary>Reports as plain text.</summary>
public static class EngineBenchmarkTable
{
    /// <summary>The report with a line a shape.</summary>
    public static string FormatReport(EngineBenchmarkReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder()
            .AppendLine(culture, $"{report.Model} {report.Precision} on {report.Provider}, {report.Device}, {report.Runtime}")
            .AppendLine(culture, $"ready after {report.StartupSeconds:F1} s{(report.WarmUpSeconds is { } w ? string.Create(culture, $", {w:F1} s of it warm-up") : "")}{DescribePhases(report)}, at most {report.MaxBatchPairs} pairs and {report.MaxBatchTokens} tokens a run");
        if (report.Rows.Count > 0)
        {
            text.AppendLine(culture, $"{"shape",-24}{"runs",5}{"ms",10}{"pairs/s",11}{"TFLOP/s",10}{"B/run",9}");
        }

        foreach (var row in report.Rows)
        {
            text.AppendLine(
                culture,
                $"{row.Name,-24}{row.Runs,5}{row.Milliseconds,10:F2}{row.PairsPerSecond,11:F0}{row.UsefulTeraflops,10:F1}{row.AllocatedBytesPerRun,9}");
        }

        AppendSmallBatches(text, report, culture);
        if (report.Memory is { } memory)
        {
            text.AppendLine(
                culture,
                $"device memory, MB: context {ToMegabytes(memory.Context)}, loaded {ToMegabytes(memory.Loaded)}, after work {ToMegabytes(memory.Worked)}; weights {ToMegabytes(memory.Weights)}, beside them {ToMegabytes(memory.BesideWeights)}");
        }

        return report.CostErrorP90 is { } error
            ? text.AppendLine(culture, $"cost table: 90 % of ragged batches predicted within {error:P1}").ToString()
            : text.ToString();
    }

    private static string DescribePhases(EngineBenchmarkReport report) => report.StartPhases.Count == 0
        ? ""
        : $" ({string.Join(", ", report.StartPhases.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value:F2}")))})";

    // What people compare who score a fixed number of passages at a time.
    private static void AppendSmallBatches(StringBuilder text, EngineBenchmarkReport report, CultureInfo culture)
    {
        var rows = report.Rows.Where(r => r.Lengths.Count is 8 or 16 or 32 && r.Lengths.All(n => n == 128)).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        text.AppendLine(culture, $"{"batch of 128 tokens",-24}{"ms",15}{"ms for 8",11}{"pairs/s",10}");
        foreach (var row in rows)
        {
            text.AppendLine(culture, $"{row.Lengths.Count,-24}{row.Milliseconds,15:F2}{row.Milliseconds * 8 / row.Lengths.Count,11:F2}{row.PairsPerSecond,10:F0}");
        }
    }

    private static long ToMegabytes(long bytes) => bytes / 1_000_000;
}
