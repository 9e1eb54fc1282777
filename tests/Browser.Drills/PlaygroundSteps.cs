using Microsoft.Playwright;

namespace Reranker.Browser.Drills;

/// <summary>What a reader does at the playground.</summary>
internal static class PlaygroundSteps
{
    public static async Task TypeKeyAsync(this IPage page) => await page.FillAsync("#key", ServedReranker.Key);

    public static async Task RankAsync(this IPage page, string query, params string[] passages)
    {
        await page.FillAsync("#query", query);
        await page.FillAsync("#passages", string.Join('\n', passages));
        await page.ClickAsync("#rank");
    }

    public static async Task<string[]> ListRankedTextsAsync(this IPage page)
    {
        await page.WaitForSelectorAsync("#ranking li");
        return [.. await page.Locator("#ranking .text").AllTextContentsAsync()];
    }

    /// <summary>Drops a file onto the page, as a file manager does.</summary>
    public static async Task DropFileAsync(this IPage page, string name, string content)
    {
        var files = await page.EvaluateHandleAsync(
            """
            ([name, content]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([content], name));
                return transfer;
            }
            """,
            new[] { name, content });
        await page.DispatchEventAsync("#drop", "dragover", new { dataTransfer = files });
        await page.DispatchEventAsync("#drop", "drop", new { dataTransfer = files });
    }

    /// <summary>Presses Tab until an element has the focus.</summary>
    public static async Task TabToAsync(this IPage page, string selector)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.Locator(selector).EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"The Tab key never reaches {selector}.");
    }
}
