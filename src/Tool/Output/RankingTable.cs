using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Reranker.Tool.Output;

/// <summary>
/// A ranking as people read it: best first, a bar for the score, the passage on one line. What has no room is left out: the
/// bar first, then the table, so that the passages stay readable.
/// </summary>
internal static class RankingTable
{
    private const int BarCells = 20;
    private const int WidthForBar = 80;
    private const int WidthForTable = 45;

    /// <summary>Renders the rows, which are already in rank order.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<RankedPassage> rows)
    {
        if (console.Profile.Width < WidthForTable)
        {
            WriteList(console, rows);
        }
        else
        {
            WriteTable(console, rows, withBar: console.Profile.Width >= WidthForBar);
        }
    }

    /// <summary>A score of 0 to 1 in eighths of a cell.</summary>
    internal static string DrawBar(double score)
    {
        var eighths = (int)Math.Round(Math.Clamp(score, 0, 1) * BarCells * 8);
        var bar = new StringBuilder(BarCells).Append('█', eighths / 8);
        if (eighths % 8 != 0)
        {
            bar.Append((char)('█' + (8 - eighths % 8)));
        }

        return bar.ToString();
    }

    private static void WriteList(IAnsiConsole console, IReadOnlyList<RankedPassage> rows)
    {
        for (var rank = 0; rank < rows.Count; rank++)
        {
            var row = rows[rank];
            console.WriteLine(FormattableString.Invariant($"{rank + 1}. {FormatScore(row)} line {row.Line}"), new Style(ChooseColour(row.Score)));
            console.WriteLine(FormatPassageText(row));
        }
    }

    private static void WriteTable(IAnsiConsole console, IReadOnlyList<RankedPassage> rows, bool withBar)
    {
        var isUnicode = console.Profile.Capabilities.Unicode;
        var table = new Table().Border(isUnicode ? TableBorder.Rounded : TableBorder.Ascii).Expand();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("score").RightAligned().NoWrap());
        if (withBar)
        {
            table.AddColumn(new TableColumn("relevance").NoWrap());
        }

        table.AddColumn(new TableColumn("line").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("passage"));
        for (var rank = 0; rank < rows.Count; rank++)
        {
            var row = rows[rank];
            List<Text> cells =
            [
                new Text((rank + 1).ToString(CultureInfo.InvariantCulture)),
                new Text(FormatScore(row)),
                new Text(row.Line.ToString(CultureInfo.InvariantCulture)),
                new Text(FormatPassageText(row)).Overflow(Overflow.Ellipsis),
            ];
            if (withBar)
            {
                cells.Insert(2, new Text(isUnicode ? DrawBar(row.Score) : DrawPlainBar(row.Score), new Style(ChooseColour(row.Score))));
            }

            table.AddRow(cells);
        }

        console.Write(table);
    }

    private static string DrawPlainBar(double score) => new('#', (int)Math.Round(Math.Clamp(score, 0, 1) * BarCells));

    private static string FormatScore(RankedPassage row) => row.Score.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string FormatPassageText(RankedPassage row) => CollapseWhiteSpace(row.Text) + (row.Truncated ? " [cut]" : "");

    private static Color ChooseColour(double score) => score >= 0.5 ? Color.Green : score >= 0.1 ? Color.Yellow : Color.Grey;

    private static string CollapseWhiteSpace(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
