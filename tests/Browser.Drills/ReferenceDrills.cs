using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>The page that describes the paths.</summary>
public sealed class ReferenceDrills(Chromium chromium, ServedReranker server)
{
    [Fact]
    public async Task Every_operation_of_the_document_opens_and_describes_itself()
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/docs");
        var page = opened.Page;
        var operations = page.Locator("details.operation");
        await Assertions.Expect(operations.First).ToBeVisibleAsync();

        await page.EvaluateAsync("document.querySelectorAll('details.operation').forEach(details => { details.open = true; })");

        await Assertions.Expect(page.Locator("details.operation .try")).ToHaveCountAsync(await operations.CountAsync());
        Assert.True(await operations.CountAsync() > 50);
        Assert.Empty(opened.ForeignRequests);
        Assert.Empty(opened.Errors);
    }

    [Fact]
    public async Task A_path_is_found_opened_and_tried_by_the_keyboard()
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/docs");
        var page = opened.Page;

        await page.TabToAsync("#key");
        await page.Keyboard.TypeAsync(ServedReranker.Key);
        await page.TabToAsync("#find");
        await page.Keyboard.TypeAsync("voyage v1/rerank");
        await Assertions.Expect(page.Locator("details.operation:visible")).ToHaveCountAsync(1);
        await page.TabToAsync("#post_voyage_v1_rerank > summary");
        await page.Keyboard.PressAsync("Enter");
        await page.TabToAsync("#post_voyage_v1_rerank .try .main");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.Locator("#post_voyage_v1_rerank .try [role=status]")).ToContainTextAsync("\"relevance_score\"");
        Assert.Empty(opened.Errors);
    }

    [Fact]
    public async Task A_link_opens_its_operation_and_an_error_is_shown()
    {
        await using var opened = await OpenedPage.OpenAsync(chromium, server.Url, "/docs#get_v1_models_id_");
        var page = opened.Page;
        await page.FillAsync("#get_v1_models_id_ .try input", "none");
        await page.ClickAsync("#get_v1_models_id_ .try .main");
        await Assertions.Expect(page.Locator("#get_v1_models_id_ .problem")).ToContainTextAsync("401");

        await page.TypeKeyAsync();
        await page.ClickAsync("#get_v1_models_id_ .try .main");
        await Assertions.Expect(page.Locator("#get_v1_models_id_ .problem")).ToContainTextAsync("404: No such model is served");
    }
}
