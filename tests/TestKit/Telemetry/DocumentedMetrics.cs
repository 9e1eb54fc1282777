namespace Reranker.TestKit.Telemetry;

/// <summary>The tables of <c>docs/metrics.md</c>.</summary>
public static class DocumentedMetrics
{
    /// <summary>Each documented metric, with its type.</summary>
    public static IReadOnlyDictionary<string, string> Read() =>
        File.ReadLines(Find()).Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[2]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "docs", "metrics.md");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new InvalidOperationException("The tests do not run from a checkout: docs/metrics.md is in no folder above them.");
    }
}
