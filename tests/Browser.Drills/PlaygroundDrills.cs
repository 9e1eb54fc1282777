using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>The playground in a real browser, before a real server with a real model.</summary>
public sealed class PlaygroundDrills(Chromium chromium, ServedReranker server)
{
    private const string Query = "What is the capital of France?";
    private const string Right = "Paris is the capital of France.";
    private static readonly string[] Passages = ["Berlin is the capital of Germany.", "France borders Spain.", Right];

    [Fact]
    public async Task A_browser_that_opens_the_address_of_the_server_sees_the_playground()
    {
        await using var opened = await OpenAsync("/");

        Assert.EndsWith("/playground", opened.Page.Url, StringComparison.Ordinal);
        Assert.Equal("Playground · Reranker", await opened.Page.TitleAsync());
    }

    [Fact]
    public async Task The_whole_flow_is_done_by_the_keyboard()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;

        await page.TabToAsync("#key");
        await page.Keyboard.TypeAsync(ServedReranker.Key);
        await page.TabToAsync("#query");
        await page.Keyboard.TypeAsync(Query);
        await page.TabToAsync("#passages");
        foreach (var passage in Passages)
        {
            await page.Keyboard.TypeAsync(passage);
            await page.Keyboard.PressAsync("Enter");
        }

        await page.TabToAsync("#rank");
        await page.Keyboard.PressAsync("Enter");

        Assert.Equal(Right, (await page.ListRankedTextsAsync())[0]);
        Assert.Equal("result-title", await page.EvaluateAsync<string>("document.activeElement.id"));
        var head = await page.Locator("#ranking .head").First.TextContentAsync();
        Assert.Contains("0.99", head, StringComparison.Ordinal);
        Assert.Contains("tokens", head, StringComparison.Ordinal);
        Assert.Contains("↑ 2, was 3", head, StringComparison.Ordinal);
        Assert.Equal(["tokenize", "queue", "device", "gateway and cluster", "wire"], await page.Locator("#time-list dt").AllTextContentsAsync());
        Assert.Contains("3 of 3 passages", await page.TextContentAsync("#summary"), StringComparison.Ordinal);

        await page.TabToAsync("#tab-0");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("tab-2", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Contains("urllib", await page.TextContentAsync("#code"), StringComparison.Ordinal);

        await page.FocusAsync("#query");
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator("#result-title")).ToBeFocusedAsync();
        AssertQuiet(opened);
    }

    [Theory]
    [InlineData("lines.txt", "Berlin is the capital of Germany.\r\n\r\nParis is the capital of France.\n", null)]
    [InlineData("list.json", """["Berlin is the capital of Germany.", {"text": "Paris is the capital of France."}]""", null)]
    [InlineData("request.json", """{"query": "What is the capital of Germany?", "documents": ["Berlin is the capital of Germany.", "Paris is the capital of France."]}""", "What is the capital of Germany?")]
    [InlineData("lines.jsonl", "{\"text\": \"Berlin is the capital of Germany.\"}\n\"Paris is the capital of France.\"\n", null)]
    [InlineData("table.csv", "id,text\n1,\"Berlin is the capital of Germany.\"\n2,Paris is the capital of France.\n", null)]
    [InlineData("plain.csv", "Berlin is the capital of Germany.\nParis is the capital of France.\n", null)]
    public async Task A_dropped_file_is_ranked(string name, string content, string? query)
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        await page.TypeKeyAsync();
        await page.FillAsync("#query", Query);

        await page.DropFileAsync(name, content);
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("2 passages");

        Assert.Equal(query ?? Query, await page.InputValueAsync("#query"));
        await page.ClickAsync("#rank");
        Assert.Equal(query is null ? Right : Passages[0], (await page.ListRankedTextsAsync())[0]);
        AssertQuiet(opened);
    }

    [Fact]
    public async Task Passages_of_several_lines_stay_whole()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        await page.TypeKeyAsync();
        await page.FillAsync("#query", Query);

        await page.DropFileAsync("notes.json", """["Berlin\n\nis the capital of Germany.", "Paris\nis the capital of France.", "x,\"y\""]""");
        await page.WaitForSelectorAsync("#loaded:not([hidden])");
        await page.ClickAsync("#rank");

        Assert.Equal("Paris\nis the capital of France.", (await page.ListRankedTextsAsync())[0]);
        await page.ClickAsync("#unload");
        Assert.Equal("none", await page.TextContentAsync("#count"));
    }

    [Theory]
    [InlineData("broken.json", "[\"a\"", "broken.json is no JSON.")]
    [InlineData("other.json", "{\"a\": 1}", "other.json is neither a list nor an object")]
    [InlineData("other.jsonl", "{\"text\": \"a\"}\n{\"b\": 1}", "other.jsonl, line 2 is neither a string nor an object")]
    [InlineData("open.csv", "text\n\"a", "open.csv ends inside a quoted cell.")]
    [InlineData("empty.txt", "\n \n", "empty.txt has no passage.")]
    public async Task A_file_that_cannot_be_read_is_said_with_its_reason(string name, string content, string problem)
    {
        await using var opened = await OpenAsync("/playground");

        await opened.Page.DropFileAsync(name, content);

        await Assertions.Expect(opened.Page.Locator("#problem")).ToContainTextAsync(problem);
    }

    [Fact]
    public async Task Errors_are_shown_and_go_when_the_next_request_is_right()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        var problem = page.Locator("#problem");

        await page.ClickAsync("#rank");
        await Assertions.Expect(problem).ToHaveTextAsync("There is no passage.");
        await page.FillAsync("#passages", "a");
        await page.ClickAsync("#rank");
        await Assertions.Expect(problem).ToHaveTextAsync("There is no query.");
        await page.RankAsync(Query, Passages);
        await Assertions.Expect(problem).ToContainTextAsync("401: no api key supplied, or an invalid one Type the key");
        Assert.False(await page.IsVisibleAsync("#result"));

        await page.TypeKeyAsync();
        await page.ClickAsync("summary");
        await page.FillAsync("#chunks", "5000");
        await page.ClickAsync("#rank");
        await Assertions.Expect(problem).ToContainTextAsync("400: The header X-Reranker-Max-Chunks must be a whole number from 1 to 1000.");
        await page.FillAsync("#chunks", "");
        await page.ClickAsync("#rank");
        Assert.Equal(Right, (await page.ListRankedTextsAsync())[0]);
        Assert.False(await problem.IsVisibleAsync());
        AssertQuiet(opened);
    }

    [Fact]
    public async Task What_was_truncated_and_what_was_asked_for_is_shown()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        await page.TypeKeyAsync();
        var longText = string.Concat(Enumerable.Repeat("the river and the bridge and the road ", 150));

        await page.RankAsync(Query, [.. Passages, longText]);
        await page.WaitForSelectorAsync("#ranking li");
        Assert.Contains("tokens truncated", await page.TextContentAsync("#ranking"), StringComparison.Ordinal);
        Assert.Contains("1 document(s) were longer", await page.TextContentAsync("#warnings"), StringComparison.Ordinal);

        await page.ClickAsync("summary");
        await page.FillAsync("#top", "2");
        await page.CheckAsync("#raw");
        await page.FillAsync("#chunks", "10");
        await page.ClickAsync("#rank");
        await Assertions.Expect(page.Locator("#ranking li")).ToHaveCountAsync(2);
        Assert.DoesNotContain("0.99", await page.Locator("#ranking .score").First.TextContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_list_is_shown_in_parts()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        await page.TypeKeyAsync();

        await page.RankAsync(Query, [.. Enumerable.Range(0, 130).Select(static i => $"Passage {i}")]);

        await Assertions.Expect(page.Locator("#ranking li")).ToHaveCountAsync(100);
        await page.ClickAsync("#more");
        await Assertions.Expect(page.Locator("#ranking li")).ToHaveCountAsync(130);
        Assert.False(await page.IsVisibleAsync("#more"));
    }

    [Fact]
    public async Task The_key_stays_in_the_memory_of_the_page()
    {
        await using var opened = await OpenAsync("/playground");
        var page = opened.Page;
        await page.TypeKeyAsync();
        await page.RankAsync(Query, Passages);
        await page.ListRankedTextsAsync();

        Assert.DoesNotContain(ServedReranker.Key, await page.TextContentAsync("#code"), StringComparison.Ordinal);
        Assert.Contains("$RERANKER_KEY", await page.TextContentAsync("#code"), StringComparison.Ordinal);
        Assert.Empty(await page.Context.CookiesAsync());
        Assert.DoesNotContain(ServedReranker.Key, await page.EvaluateAsync<string>("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"), StringComparison.Ordinal);
        await page.ReloadAsync();
        Assert.Equal("", await page.InputValueAsync("#key"));
    }

    private Task<OpenedPage> OpenAsync(string path) => OpenedPage.OpenAsync(chromium, server.Url, path);

    private static void AssertQuiet(OpenedPage opened)
    {
        Assert.Empty(opened.ForeignRequests);
        Assert.Empty(opened.Errors);
    }
}
