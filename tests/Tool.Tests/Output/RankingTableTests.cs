using Reranker.Tool.Output;
using Spectre.Console.Testing;

namespace Reranker.Tool.Tests.Output;

public sealed class RankingTableTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.001, 0)]
    [InlineData(0.5, 10)]
    [InlineData(1, 20)]
    [InlineData(1.5, 20)]
    public void A_bar_has_a_cell_for_each_twentieth(double score, int cells)
        => Assert.Equal(new string('█', cells), RankingTable.Bar(score));

    [Fact]
    public void Parts_of_a_cell_are_eighths()
        => Assert.Equal("██▌", RankingTable.Bar(2.5 / 20));

    [Fact]
    public void A_row_says_rank_score_line_and_what_was_cut()
    {
        using var console = new TestConsole();
        console.Profile.Width = 100;
        RankingTable.Write(console, [new RankedPassage(4, 0.87654, 1.9f, "first\nline  of [markup]", true)]);
        Assert.Contains("0.8765", console.Output, StringComparison.Ordinal);
        Assert.Contains("first line of [markup] [cut]", console.Output, StringComparison.Ordinal);
        Assert.Contains("5", console.Output, StringComparison.Ordinal);
    }
}
