using System.Globalization;
using System.Net;
using System.Text;
using Reranker.Client;

namespace Reranker.Tool.ScoreMaps;

/// <summary>A reliability plot as one HTML page; it loads nothing.</summary>
internal static class ReliabilityPage
{
    private const int Side = 420;
    private const int Margin = 46;
    private const int Marks = 5;
    private const double LargestDot = 9;

    private const string Style = """
        body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#1c2733;max-width:1100px} h1{font-size:20px} h2{font-size:16px}
        .plots{display:flex;flex-wrap:wrap;gap:24px} pre{font:12px/1.5 ui-monospace,monospace;overflow-x:auto}
        svg text{font:11px ui-monospace,monospace;fill:#51606f} .grid{stroke:#dde3ea} .right{stroke:#9aa5b1;stroke-dasharray:4 3}
        """;

    /// <summary>Writes the page.</summary>
    public static string Write(string model, ScoreMapReport report)
    {
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Scores of ");
        page.Append(Escape(model)).Append("</title><style>").Append(Style).Append("</style></head><body><h1>Scores of ").Append(Escape(model)).Append("</h1>");
        page.Append("<p>Each dot is a fifteenth of the pairs: across what was predicted of them, upwards the share that is relevant. On the dashed line "
            + "both are equal. The map's probabilities are of queries that it was not fitted to.</p><div class=\"plots\">");
        AppendPlot(page, "Sigmoid of the logit", "#b2182b", ReliabilityBins.CreateEqualMass(report.Plain), report.All.Sigmoid);
        AppendPlot(page, "Map, held out", "#2166ac", ReliabilityBins.CreateEqualMass(report.HeldOut), report.All.HeldOut);
        return page.Append("</div><pre>").Append(Escape(report.ToTable())).Append("</pre></body></html>\n").ToString();
    }

    private static void AppendPlot(StringBuilder page, string title, string color, IReadOnlyList<ReliabilityBin> bins, CalibrationMeasures measures)
    {
        page.Append(CultureInfo.InvariantCulture, $"<div><h2>{title}</h2><p>Expected calibration error {measures.MassError:0.0000} over bins of equal mass, {measures.WidthError:0.0000} of equal width.</p>");
        page.Append(CultureInfo.InvariantCulture, $"<svg width=\"{Margin + Side + 20}\" height=\"{Side + Margin + 10}\" role=\"img\" aria-label=\"{title}\">");
        for (var mark = 0; mark <= Marks; mark++)
        {
            var value = (double)mark / Marks;
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{PlaceX(0)}\" x2=\"{PlaceX(1)}\" y1=\"{PlaceY(value)}\" y2=\"{PlaceY(value)}\"/>");
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 6}\" y=\"{PlaceY(value) + 4}\" text-anchor=\"end\">{value:0.0}</text>");
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{PlaceX(value)}\" y=\"{Side + 28}\" text-anchor=\"middle\">{value:0.0}</text>");
        }

        page.Append(CultureInfo.InvariantCulture, $"<line class=\"right\" x1=\"{PlaceX(0)}\" y1=\"{PlaceY(0)}\" x2=\"{PlaceX(1)}\" y2=\"{PlaceY(1)}\"/>");
        var points = bins.Select(b => string.Create(CultureInfo.InvariantCulture, $"{PlaceX(b.Predicted):0.0},{PlaceY(b.Observed):0.0}"));
        page.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\" points=\"{string.Join(' ', points)}\"/>");
        var largest = bins.Max(static b => b.Count);
        foreach (var bin in bins)
        {
            page.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{PlaceX(bin.Predicted):0.0}\" cy=\"{PlaceY(bin.Observed):0.0}\" r=\"{LargestDot * Math.Sqrt((double)bin.Count / largest):0.0}\" fill=\"{color}\" fill-opacity=\"0.55\"><title>{bin.Count} pairs: predicted {bin.Predicted:0.0000}, relevant {bin.Observed:0.0000}</title></circle>");
        }

        page.Append("</svg></div>");
    }

    private static double PlaceX(double value) => Margin + (value * Side);

    private static double PlaceY(double value) => 10 + ((1 - value) * Side);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
