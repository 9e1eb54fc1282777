using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Reranker.Tool.Output;

/// <summary>A ranking as people read it: best first, a bar for the score, the passage on one line.</summary>
internal static class RankingTable
{
    private const int BarCells = 20;

    /// <summary>Renders the rows, which are already in rank order.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<RankedPassage> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("score").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("relevance").NoWrap());
        table.AddColumn(new TableColumn("line").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("passage"));
        for (var rank = 0; rank < rows.Count; rank++)
        {
            var row = rows[rank];
            table.AddRow(
                new Text((rank + 1).ToString(CultureInfo.InvariantCulture)),
                new Text(row.Score.ToString("0.0000", CultureInfo.InvariantCulture)),
                new Text(Bar(row.Score), new Style(Colour(row.Score))),
                new Text((row.Index + 1).ToString(CultureInfo.InvariantCulture)),
                new Text(OneLine(row.Text) + (row.Truncated ? " [cut]" : "")).Overflow(Overflow.Ellipsis));
        }

        console.Write(table);
    }

    /// <summary>A score of 0 to 1 in eighths of a cell.</summary>
    internal static string Bar(double score)
    {
        var eighths = (int)Math.Round(Math.Clamp(score, 0, 1) * BarCells * 8);
        var bar = new StringBuilder(BarCells).Append('█', eighths / 8);
        if (eighths % 8 != 0)
        {
            bar.Append((char)('█' + (8 - eighths % 8)));
        }

        return bar.ToString();
    }

    private static Color Colour(double score) => score >= 0.5 ? Color.Green : score >= 0.1 ? Color.Yellow : Color.Grey;

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
