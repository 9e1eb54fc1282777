using System.Globalization;
using System.Text.RegularExpressions;

namespace Reranker.TestKit.Telemetry;

/// <summary>What a process shows at <c>/metrics</c>.</summary>
public sealed partial class MetricsPage
{
    private readonly string[] _lines;

    private MetricsPage(string text) => _lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines of values, without comments.</summary>
    public IReadOnlyList<string> Series => [.. _lines.Where(l => l[0] != '#')];

    /// <summary>Each metric, with its type.</summary>
    public IReadOnlyDictionary<string, string> Types =>
        _lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')).ToDictionary(w => w[2], w => w[3]);

    /// <summary>Reads it.</summary>
    public static async Task<MetricsPage> ReadAsync(HttpClient http, Uri host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(http);
        return new MetricsPage(await http.GetStringAsync(new Uri(host, "/metrics"), cancellationToken));
    }

    /// <summary>Sum of the series of a metric that have a label of this value.</summary>
    public double Sum(string metric, string value) =>
        Series.Where(l => l.StartsWith(metric + "{", StringComparison.Ordinal) && l.Contains($"\"{value}\"", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Finite bounds of a histogram.</summary>
    public double[] Bounds(string histogram) =>
        [.. Series.Where(l => l.StartsWith(histogram + "_bucket{", StringComparison.Ordinal))
            .Select(l => Bound().Match(l).Groups[1].Value).Where(b => b != "+Inf")
            .Select(b => double.Parse(b, CultureInfo.InvariantCulture)).Distinct().Order()];

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Bound();
}
