using System.Text.Json;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker rank</c> as a process, with the bundled model.</summary>
public sealed class RankTests
{
    private const string Query = "How can I make a battery last longer?";

    private const string Passages = """
        Bread is baked in an oven.
        Die Batterie hält länger, wenn man sie nicht vollständig entlädt.
        A bridge connects two network interfaces.
        배터리를 고온에 두지 말고 완전히 방전되기 전에 충전하세요.

        """;

    [Fact]
    public async Task Lines_come_back_best_first_across_languages()
    {
        var ranked = await RankAsync(Passages);
        Assert.Equal([3, 1, 0, 2], ranked.Select(r => r.Index));
        Assert.StartsWith("배터리", ranked[0].Text, StringComparison.Ordinal);
        Assert.All(ranked, r => Assert.InRange(r.Score, 0, 1));
        Assert.All(ranked, r => Assert.Equal(1 / (1 + Math.Exp(-r.Logit)), r.Score, 6));
        Assert.DoesNotContain(ranked, r => r.Truncated);
    }

    [Fact]
    public async Task Json_lines_are_read_and_top_cuts_the_list()
    {
        var input = string.Concat(Passages.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => JsonSerializer.Serialize(new { text = p }) + "\n"));
        Assert.Equal([3, 1], (await RankAsync(input, "--top", "2")).Select(r => r.Index));
    }

    [Fact]
    public async Task Several_workers_give_the_same_scores_as_one()
    {
        var input = string.Concat(Enumerable.Range(0, 200).Select(i => $"{Passages.Split('\n')[i % 4]} {i}\n"));
        Assert.Equal(await RankAsync(input, "--engine", "cpu"), await RankAsync(input, "--engine", "cpu", "--devices", "0,1"));
    }

    [Fact]
    public async Task A_table_shows_the_same_order()
    {
        var (code, output, _) = await RerankerProgram.RunAsync(["rank", Query], Passages);
        Assert.Equal(ExitCodes.Success, code);
        Assert.True(
            output.IndexOf("Batterie", StringComparison.Ordinal) < output.IndexOf("Bread", StringComparison.Ordinal),
            output);
        Assert.Contains("█", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passage_that_is_too_long_is_ranked_by_its_beginning_and_marked()
    {
        var ranked = await RankAsync("Keep the battery cool and charge it before it is empty. " + string.Join(' ', Enumerable.Repeat("more", 2000)) + "\nshort\n");
        Assert.Equal(0, ranked[0].Index);
        Assert.True(ranked[0].Truncated);
        Assert.False(ranked[1].Truncated);
    }

    [Theory]
    [InlineData("", "no passages")]
    [InlineData("{\"text\":\"a\"}\n{\"title\":\"b\"}\n", "line 2")]
    public async Task Input_that_cannot_be_ranked_is_one_sentence_and_exit_code_1(string input, string sentence)
    {
        var (code, output, error) = await RerankerProgram.RunAsync(["rank", Query], input);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Empty(output);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static async Task<Ranked[]> RankAsync(string input, params string[] options)
    {
        var (code, output, error) = await RerankerProgram.RunAsync(["rank", Query, "-", "--json", .. options], input);
        Assert.True(code == ExitCodes.Success, error);
        return JsonSerializer.Deserialize<Ranked[]>(output, JsonSerializerOptions.Web)!;
    }

    private sealed record Ranked(int Index, double Score, float Logit, string Text, bool Truncated);
}
