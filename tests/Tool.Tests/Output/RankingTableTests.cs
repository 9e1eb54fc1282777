using System.Text;
using Reranker.Tool.Output;
using Spectre.Console.Testing;

namespace Reranker.Tool.Tests.Output;

public sealed class RankingTableTests
{
    private static readonly RankedPassage Row = new(4, 7, 0.87654, 1.9f, "first\nline  of [markup]", true);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.001, 0)]
    [InlineData(0.5, 10)]
    [InlineData(1, 20)]
    [InlineData(1.5, 20)]
    public void A_bar_has_a_cell_for_each_twentieth(double score, int cells)
        => Assert.Equal(new string('█', cells), RankingTable.DrawBar(score));

    [Fact]
    public void Parts_of_a_cell_are_eighths()
        => Assert.Equal("██▌", RankingTable.DrawBar(2.5 / 20));

    [Fact]
    public void A_row_says_rank_score_line_and_what_was_cut()
    {
        var output = Write(100);
        Assert.Contains("0.8765", output, StringComparison.Ordinal);
        Assert.Contains("first line of [markup] [cut]", output, StringComparison.Ordinal);
        Assert.Contains(" 7 ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(60)]
    public void On_a_narrow_terminal_all_of_it_is_still_there(int width)
    {
        var output = Write(width);
        var words = output.Split((char[])['\n', ' ', '│'], StringSplitOptions.RemoveEmptyEntries);
        Assert.All(["0.8765", "7", "first", "line", "of", "[markup]", "[cut]"], word => Assert.Contains(word, words));
        Assert.All(output.TrimEnd().Split('\n'), line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void A_terminal_without_Unicode_gets_letters_it_has()
    {
        using var console = new TestConsole();
        console.Profile.Width = 100;
        console.Profile.Capabilities.Unicode = false;
        RankingTable.Write(console, [Row]);
        Assert.True(Ascii.IsValid(console.Output), console.Output);
        Assert.Contains("##################", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_keeps_letters_as_they_are()
    {
        using var output = new MemoryStream();
        RankedPassagesJson.WriteRows(output, [Row with { Text = "hält 배터리 <b>" }]);
        Assert.Equal(
            "[{\"index\":4,\"line\":7,\"score\":0.87654,\"logit\":1.9,\"text\":\"hält 배터리 <b>\",\"truncated\":true}]\n",
            Encoding.UTF8.GetString(output.ToArray()));
    }

    private static string Write(int width)
    {
        using var console = new TestConsole();
        console.Profile.Width = width;
        RankingTable.Write(console, [Row]);
        return console.Output;
    }
}
