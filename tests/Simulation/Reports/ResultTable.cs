using System.Globalization;
using Spectre.Console;

namespace Reranker.OrderComparison.Reports;

/// <summary>Results for the eye.</summary>
internal static class ResultTable
{
    private static readonly string[] Columns =
    [
        "fleet", "GPUs", "load", "order", "goodput", "answered", "refused", "search p50", "search p99", "small p99",
        "small ok", "hasty ok", "bulk ok", "bulk p99", "fairness", "wasted", "fan-out",
    ];

    /// <summary>Prints them.</summary>
    public static void Write(IAnsiConsole console, IEnumerable<ComparedRun> runs)
    {
        var table = new Table().Border(TableBorder.Markdown);
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(column) { NoWrap = true, Alignment = column is "fleet" or "order" ? Justify.Left : Justify.Right });
        }

        foreach (var (fleet, result) in runs)
        {
            table.AddRow(
                fleet.ToString(),
                Text($"{result.Case.Gpus}"),
                Percent(result.Case.Load),
                result.Case.Policy.ToString(),
                Percent(result.Goodput),
                Percent(result.Ok),
                Percent(result.Refused),
                Text($"{result.SearchP50:0}"),
                Text($"{result.SearchP99:0}"),
                Text($"{result.SmallP99:0}"),
                Percent(result.SmallOk),
                Percent(result.HastyOk),
                Percent(result.BulkOk),
                Text($"{result.BulkP99:0}"),
                Text($"{result.Fairness:0.000}"),
                Percent(result.Wasted),
                Text($"{result.FanOut:0.0}"));
        }

        console.Write(table);
    }

    private static string Percent(double share) => Text($"{share * 100:0.#} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
