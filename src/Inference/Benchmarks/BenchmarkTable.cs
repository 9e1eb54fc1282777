using System.Globalization;
using System.Text;

namespace Reranker.Inference.Benchmarks;

/// <summary>Reports as plain text.</summary>
public static class BenchmarkTable
{
    /// <summary>The report with a line a shape.</summary>
    public static string Format(BenchmarkReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder()
            .AppendLine(culture, $"{report.Model} {report.Precision} on {report.Provider}, {report.Device}, {report.Runtime}")
            .AppendLine(culture, $"ready after {report.StartupSeconds:F1} s, at most {report.MaxBatchPairs} pairs and {report.MaxBatchTokens} tokens a run")
            .AppendLine(culture, $"{"shape",-24}{"runs",5}{"ms",10}{"pairs/s",11}{"TFLOP/s",10}{"B/run",9}");
        foreach (var row in report.Rows)
        {
            text.AppendLine(
                culture,
                $"{row.Name,-24}{row.Runs,5}{row.Milliseconds,10:F2}{row.PairsPerSecond,11:F0}{row.UsefulTeraflops,10:F1}{row.AllocatedBytesPerRun,9}");
        }

        if (report.Memory is { } memory)
        {
            text.AppendLine(
                culture,
                $"device memory, MB: context {Mega(memory.Context)}, loaded {Mega(memory.Loaded)}, after work {Mega(memory.Worked)}; weights {Mega(memory.Weights)}, beside them {Mega(memory.BesideWeights)}");
        }

        return report.CostErrorP90 is { } error
            ? text.AppendLine(culture, $"cost table: 90 % of ragged batches predicted within {error:P1}").ToString()
            : text.ToString();
    }

    private static long Mega(long bytes) => bytes / 1_000_000;
}
