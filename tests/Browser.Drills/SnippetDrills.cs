using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Browser.Drills;

/// <summary>The same request in other words: what the page shows is run, with texts that each language writes in its own way.</summary>
public sealed class SnippetDrills(Chromium chromium, ServedReranker server)
{
    private static readonly string[] Passages = ["It's \"Paris\", $HOME & `more` \\ {x}.", "Berlin is the capital of Germany.", "\"\"\" '''"];

    [Theory]
    [InlineData(0, "bash", "request.sh")]
    [InlineData(1, "dotnet", "request.cs")]
    [InlineData(2, "python3", "request.py")]
    [InlineData(3, "node", "request.mjs")]
    public async Task The_snippet_of_a_language_runs(int tab, string program, string file)
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/playground");
        await opened.Page.TypeKeyAsync();
        await opened.Page.RankAsync("Which city is it?", Passages);
        await opened.Page.ListRankedTextsAsync();
        await opened.Page.ClickAsync($"#tab-{tab}");

        await AssertRunsAsync(opened, program, file);
    }

    [Fact]
    public async Task A_long_body_is_saved_beside_the_snippet()
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/playground");
        await opened.Page.TypeKeyAsync();
        await opened.Page.RankAsync("Which city is it?", [.. Enumerable.Range(0, 200).Select(static i => $"This is the passage of the number {i}.")]);
        await opened.Page.ListRankedTextsAsync();
        var saved = await opened.Page.RunAndWaitForDownloadAsync(() => opened.Page.ClickAsync("#save"));

        await AssertRunsAsync(opened, "bash", "request.sh", folder => saved.SaveAsAsync(Path.Combine(folder, saved.SuggestedFilename)));
    }

    private static async Task AssertRunsAsync(OpenedPage opened, string program, string file, Func<string, Task>? prepare = null)
    {
        using var folder = new TempFolder();
        await (prepare?.Invoke(folder.Path) ?? Task.CompletedTask);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, file), await opened.Page.TextContentAsync("#code"));
        string[] arguments = program == "dotnet" ? ["run", file] : [file];

        await using var process = ProgramProcess.StartTool(
            program, arguments, workingDirectory: folder.Path, environment: new Dictionary<string, string> { ["RERANKER_KEY"] = ServedReranker.Key });
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(code == 0, $"{process.Output}\n{process.Error}");
        Assert.Contains(program == "bash" ? "\"relevance_score\"" : "passage 0", process.Output, StringComparison.Ordinal);
    }
}
