using System.Text;
using System.Text.Json;
using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary>What <c>reranker rank</c> reads and shows, as a process.</summary>
public sealed class RankInputTests : IDisposable
{
    private const string Query = "Batterie länger";
    private const string Passages = "Bread is baked.\n\nDie Batterie hält länger.\n";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_file_in_another_encoding_is_refused_and_its_line_is_named()
    {
        File.WriteAllBytes(_temp["latin1.txt"], Encoding.Latin1.GetBytes(Passages));

        var (code, output, error) = await RankAsync("latin1.txt");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Empty(output);
        Assert.Contains("latin1.txt: line 3 is no UTF-8", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_file_in_UTF_16_is_read_and_umlauts_are_printed()
    {
        File.WriteAllText(_temp["utf16.txt"], Passages, Encoding.Unicode);

        var (code, output, _) = await RankAsync("utf16.txt", "--json");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("\"Die Batterie hält länger.\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blank_lines_count_in_line_and_not_in_index()
    {
        File.WriteAllText(_temp["p.txt"], Passages);

        var (_, output, error) = await RankAsync("p.txt", "--json");

        using var ranked = JsonDocument.Parse(output.Length > 0 ? output : error);
        Assert.Equal((1, 3), (ranked.RootElement[0].GetProperty("index").GetInt32(), ranked.RootElement[0].GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Text_whose_first_line_begins_with_a_brace_is_ranked()
    {
        File.WriteAllText(_temp["p.txt"], "{braces} around a word\nDie Batterie hält länger.\n");

        var (code, output, error) = await RankAsync("p.txt", "--json");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("{braces} around a word", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_UTF_8_whatever_the_language_of_the_machine()
    {
        File.WriteAllText(_temp["p.txt"], Passages);
        await using var process = ProgramProcess.StartTool(
            "dotnet", [RerankerProgram.Path, "rank", Query, _temp["p.txt"], "--json"], environment: new Dictionary<string, string> { ["LC_ALL"] = "de_DE.ISO-8859-1" });

        Assert.Equal(ExitCodes.Success, await process.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("hält länger", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_is_no_text_is_refused()
    {
        File.WriteAllText(_temp["p.txt"], Passages);

        var (code, _, error) = await RerankerProgram.RunAsync(["rank", "gr\uFFFD\uFFFDe", _temp["p.txt"]]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("the query is no UTF-8", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_it_says_what_it_waits_for_and_stays_readable_on_20_columns()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "needs 'script' of util-linux");

        // The echo of what is typed would show the passages too, so the terminal does not echo.
        await using var process = ProgramProcess.StartTool(
            "/usr/bin/script",
            ["-qec", $"stty cols 20 -echo; dotnet '{RerankerProgram.Path}' rank battery", "/dev/null"],
            "bread\nthe battery is empty\n\u0004",
            environment: new Dictionary<string, string> { ["TERM"] = "xterm" });

        Assert.Equal(ExitCodes.Success, await process.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Ctrl+D ends them", process.Output, StringComparison.Ordinal);
        Assert.Contains("the battery is empty", process.Output, StringComparison.Ordinal);
        Assert.Contains("line 2", process.Output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RankAsync(string file, params string[] options)
        => RerankerProgram.RunAsync(["rank", Query, _temp[file], .. options]);
}
