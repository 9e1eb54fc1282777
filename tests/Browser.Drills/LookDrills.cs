using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>
/// Both pages in light and dark, wide and narrow: nothing that keeps a person from using them, nothing beyond the window's edge. A
/// picture of each is left in <c>screenshots</c> beside the program, for whoever changes how they look.
/// </summary>
public sealed class LookDrills(Chromium chromium, ServedReranker server)
{
    public static TheoryData<string> Looks => [.. Look.AllNames];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_playground_can_be_used_by_everybody(string look)
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/playground", Look.FromName(look));
        var page = opened.Page;
        await AssertUsableAsync(page, $"playground-{look}-empty");

        await page.ClickAsync("#rank");
        await page.ClickAsync("summary");
        await AssertUsableAsync(page, $"playground-{look}-error");

        await page.TypeKeyAsync();
        await page.ClickAsync("#sample");
        var longText = string.Concat(Enumerable.Repeat("a loaf of bread and a knife and a board ", 120));
        await page.FillAsync("#passages", $"{await page.InputValueAsync("#passages")}\n{longText}");
        await page.ClickAsync("#rank");
        await page.ListRankedTextsAsync();
        await AssertUsableAsync(page, $"playground-{look}-result");
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task The_reference_can_be_used_by_everybody(string look)
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/docs", Look.FromName(look));
        var page = opened.Page;
        await Assertions.Expect(page.Locator("details.operation").First).ToBeVisibleAsync();
        await AssertUsableAsync(page, $"docs-{look}", isWhole: false);

        await page.TypeKeyAsync();
        await page.ClickAsync("#post_rerank > summary");
        await page.ClickAsync("#post_rerank .try .main");
        await Assertions.Expect(page.Locator("#post_rerank .try [role=status]")).ToContainTextAsync("\"score\"");
        await page.EvaluateAsync("document.getElementById('post_rerank').scrollIntoView()");
        await AssertUsableAsync(page, $"docs-{look}-open", isWhole: false);
    }

    [Fact]
    public async Task The_theme_is_chosen_and_kept()
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/playground");
        var page = opened.Page;
        await page.ClickAsync("#theme");
        await page.ClickAsync("#theme");
        Assert.Equal("Theme: dark", await page.TextContentAsync("#theme"));

        await page.GotoAsync("/docs");

        Assert.Equal("Theme: dark", await page.TextContentAsync("#theme"));
        Assert.Equal("rgb(18, 20, 26)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
    }

    private static async Task AssertUsableAsync(IPage page, string picture, bool isWhole = true)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "screenshots");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{picture}.png"), FullPage = isWhole });
        var found = await page.RunAxe(new AxeRunOptions());
        Assert.True(found.Passes.Length > 10, "axe-core looked at nothing");
        Assert.Empty(found.Violations.Select(static violation =>
            $"{violation.Impact} {violation.Id}: {string.Join(" | ", violation.Nodes.Select(static node => node.Html))}"));
        var (content, window) = (await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await page.EvaluateAsync<int>("innerWidth"));
        Assert.True(content <= window, $"the page is {content} wide in a window of {window}");
    }
}
