using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Playground;

/// <summary>The pages for people: where they are, what they may load, and how they are switched off.</summary>
public sealed class PageTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("/playground", "text/html; charset=utf-8")]
    [InlineData("/docs", "text/html; charset=utf-8")]
    [InlineData("/pages/style.css", "text/css; charset=utf-8")]
    [InlineData("/pages/playground.js", "text/javascript; charset=utf-8")]
    [InlineData("/pages/icon.svg", "image/svg+xml")]
    public async Task A_page_needs_no_key_and_loads_nothing_from_elsewhere(string path, string type)
    {
        await using var host = await GatewayHost.StartAsync(("ApiKeys:0:Tenant", "t"), ("ApiKeys:0:Key", "0123456789abcdef"));

        var page = await host.GetAsync(path);

        Assert.Equal((200, type), (page.Status, page.Headers["Content-Type"]));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.DoesNotContain("http://", page.Body.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again()
    {
        await using var host = await GatewayHost.StartAsync();
        var first = await host.GetAsync("/pages/style.css");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/pages/style.css");
        request.Headers.TryAddWithoutValidation("If-None-Match", first.Headers["ETag"]);

        var second = await host.SendAsync(request);

        Assert.Equal((304, ""), (second.Status, second.Body));
    }

    [Theory]
    [InlineData("/pages/none.js")]
    [InlineData("/pages/..%2Fappsettings.json")]
    [InlineData("/pages/playground.HTML")]
    public async Task What_is_no_file_of_the_pages_is_not_found(string path)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(404, (await host.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData(Browser, "true", "true", "playground")]
    [InlineData(Browser, "false", "true", "docs")]
    [InlineData(Browser, "false", "false", null)]
    [InlineData("*/*", "true", "true", null)]
    [InlineData("application/json", "true", "true", null)]
    [InlineData("text/html;q=0", "true", "true", null)]
    [InlineData("", "true", "true", null)]
    [InlineData(";", "true", "true", null)]
    public async Task The_root_is_a_probe_for_programs_and_the_way_to_a_page_for_browsers(string accept, string playground, string docs, string? page)
    {
        await using var host = await GatewayHost.StartAsync(("Playground", playground), ("ApiDocs", docs));
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(page is null ? 200 : 302, (int)answer.StatusCode);
        Assert.Equal(page, answer.Headers.Location?.OriginalString);
        Assert.Equal(["Accept"], answer.Headers.Vary);
    }

    [Fact]
    public async Task A_slash_behind_a_page_is_taken_away_so_that_its_files_are_found()
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/playground/");
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("/playground", answer.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Theory]
    [InlineData("Playground", "/playground")]
    [InlineData("ApiDocs", "/docs")]
    [InlineData("ApiDocs", "/openapi.json")]
    [InlineData("ApiDocs", "/api-doc/openapi.json")]
    public async Task What_is_switched_off_is_not_there(string setting, string path)
    {
        await using var host = await GatewayHost.StartAsync((setting, "false"));

        Assert.Equal(404, (await host.GetAsync(path)).Status);
    }
}
