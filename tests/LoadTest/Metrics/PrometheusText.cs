using System.Globalization;

namespace Reranker.LoadTest.Metrics;

/// <summary>Reads the samples of Prometheus' text format.</summary>
internal static class PrometheusText
{
    /// <summary>Value of each series of some metrics, by its name and labels as they are written.</summary>
    public static Dictionary<string, double> Read(string text, IReadOnlyCollection<string> metrics)
    {
        var samples = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var nameEnd = line.IndexOfAny('{', ' ');
            if (nameEnd <= 0 || line[0] == '#' || !metrics.Contains(line[..nameEnd].ToString()))
            {
                continue;
            }

            // Label values may hold spaces; nothing after the labels does but what separates value and time.
            var seriesEnd = line[nameEnd] == '{' ? line.LastIndexOf('}') + 1 : nameEnd;
            var rest = line[seriesEnd..].Trim();
            var valueEnd = rest.IndexOf(' ');
            if (double.TryParse(valueEnd < 0 ? rest : rest[..valueEnd], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                samples[line[..seriesEnd].ToString()] = value;
            }
        }

        return samples;
    }
}
