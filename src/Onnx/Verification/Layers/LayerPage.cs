using System.Globalization;
using System.Net;
using System.Text;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>A report as one HTML page with plots inside; it loads nothing.</summary>
public static class LayerPage
{
    private const int Left = 60;
    private const int Top = 16;
    private const int PlotHeight = 220;
    private const int NameHeight = 190;
    private const int Step = 14;

    private const string Style = """
        body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#1c2733;max-width:1200px}
        h1{font-size:20px} h2{font-size:16px;margin-top:28px} .plot{overflow-x:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums} th,td{padding:2px 10px;text-align:right;border-bottom:1px solid #dde3ea}
        th:first-child,td:first-child{text-align:left;font-family:ui-monospace,monospace} tr.beyond td{background:#fdeeee} tr.first td{background:#f6b8b8;font-weight:600}
        svg text{font:10px ui-monospace,monospace;fill:#51606f} .grid{stroke:#dde3ea} .line{fill:none;stroke-width:1.5}
        """;

    /// <summary>Writes the page.</summary>
    public static string Write(LayerReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Layers: ").Append(Escape(report.Tested))
            .Append("</title><style>").Append(Style).Append("</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(report.Tested)} against {Escape(report.Reference)}</h1>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{report.Pairs} pairs. Tolerance: {report.Limits} of signal to noise. ");
        page.Append(report.FirstBeyond is { } first ? $"First beyond it: <b>{Escape(first)}</b>." : "Nothing is beyond it.").Append("</p>");
        page.Append("<h2>Signal to noise, dB: of a token in the median (blue), over all (grey), of a step of its own (green)</h2>");
        AppendPlot(page, report, row => row.SignalToNoise, isLogarithmic: false, [("#9aa5b1", r => r.SignalToNoise), ("#2166ac", r => r.MedianSignalToNoise), .. ListStepLine(report)], report.Tolerance);
        page.Append("<h2>Distance: largest (red) and mean (blue), logarithmic</h2>");
        AppendPlot(page, report, row => row.MaxError, isLogarithmic: true, [("#b2182b", r => r.MaxError), ("#2166ac", r => r.MeanError)], null);
        AppendTable(page, report);
        return page.Append("</body></html>").ToString();
    }

    private static void AppendPlot(
        StringBuilder page, LayerReport report, Func<LayerRow, double> range, bool isLogarithmic, (string Color, Func<LayerRow, double> Read)[] lines,
        double? limit)
    {
        double Scale(double value) => isLogarithmic ? Math.Log10(Math.Max(value, 1e-12)) : value;
        var numbers = report.Rows.SelectMany(r => lines.Select(l => l.Read(r))).Where(v => double.IsFinite(v) && (!isLogarithmic || v > 0)).Select(Scale).ToList();
        numbers.AddRange(limit is { } border ? [border, 0] : []);
        var (low, high) = numbers.Count == 0 ? (0, 1) : (Math.Floor(numbers.Min()), Math.Ceiling(numbers.Max()));
        high = high > low ? high : low + 1;
        double Place(double value) => Top + (PlotHeight * (high - Math.Clamp(Scale(value), low, high)) / (high - low));

        var width = Left + (report.Rows.Count * Step) + 20;
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"plot\"><svg width=\"{width}\" height=\"{Top + PlotHeight + NameHeight}\" role=\"img\">");
        var step = Math.Max(1, Math.Ceiling((high - low) / 8));
        for (var mark = low; mark <= high; mark += step)
        {
            var y = Top + (PlotHeight * (high - mark) / (high - low));
            var text = isLogarithmic ? string.Create(CultureInfo.InvariantCulture, $"1e{mark:0}") : mark.ToString("0", CultureInfo.InvariantCulture);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{width - 10}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/><text x=\"{Left - 6}\" y=\"{y + 3:0.0}\" text-anchor=\"end\">{text}</text>");
        }

        if (limit is { } tolerance)
        {
            page.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{width - 10}\" y1=\"{Place(tolerance):0.0}\" y2=\"{Place(tolerance):0.0}\" stroke=\"#b2182b\" stroke-dasharray=\"4 3\"/>");
        }

        foreach (var (color, read) in lines)
        {
            var points = report.Rows.Select((row, i) => string.Create(CultureInfo.InvariantCulture, $"{Left + (i * Step) + (Step / 2)},{Place(PlotValue(read(row), range(row))):0.0}"));
            page.Append(CultureInfo.InvariantCulture, $"<polyline class=\"line\" stroke=\"{color}\" points=\"{string.Join(' ', points)}\"/>");
        }

        AppendNames(page, report);
        page.Append("</svg></div>");
    }

    private static (string Color, Func<LayerRow, double> Read)[] ListStepLine(LayerReport report)
        => report.Rows.All(r => r.StepSignalToNoise is null) ? [] : [("#1b7837", r => r.StepSignalToNoise ?? double.NaN)];

    // What is no number is drawn at the edge that its sign says.
    private static double PlotValue(double value, double other) => double.IsNaN(value) ? other : value;

    private static void AppendNames(StringBuilder page, LayerReport report)
    {
        for (var i = 0; i < report.Rows.Count; i++)
        {
            var (x, y) = (Left + (i * Step) + (Step / 2) + 3, Top + PlotHeight + 8);
            var color = report.Rows[i].Value == report.FirstBeyond ? " style=\"fill:#b2182b;font-weight:600\"" : "";
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\" transform=\"rotate(-90 {x} {y})\"{color}>{Escape(report.Rows[i].Value)}</text>");
        }
    }

    private static void AppendTable(StringBuilder page, LayerReport report)
    {
        page.Append("<h2>All values</h2><table><tr><th>value</th><th>largest</th><th>mean</th><th>relative</th><th>cosine</th><th>dB</th><th>median dB</th><th>step dB</th></tr>");
        foreach (var row in report.Rows)
        {
            var style = row.Value == report.FirstBeyond ? " class=\"first\"" : row.IsBeyond ? " class=\"beyond\"" : "";
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr{style}><td>{Escape(row.Value)}</td><td>{row.MaxError:0.00000}</td><td>{row.MeanError:0.00000}</td><td>{row.RelativeError:0.00000}</td><td>{row.Cosine:0.000000}</td><td>{row.SignalToNoise:0.0}</td><td>{row.MedianSignalToNoise:0.0}</td><td>{row.StepSignalToNoise:0.0}</td></tr>");
        }

        page.Append("</table>");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
