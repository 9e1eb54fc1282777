using System.Net;
using Reranker.TestKit.Hub;

namespace Reranker.Tool.Tests.Hub;

/// <summary>Answers that no hub gives: of a proxy, of a portal, of somebody who means harm. Each is one sentence, and costs no download.</summary>
public sealed class HubLieTests
{
    private static readonly string[] Files = ["config.json", "model.safetensors", "sentencepiece.bpe.model"];

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/model.safetensors")]
    public async Task A_redirect_to_what_is_no_web_is_not_followed(string address)
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = call => HubFault.FromStatus(HttpStatusCode.TemporaryRedirect, "Location", address);

        Assert.Contains("which nobody follows", await fixture.FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_somebody_else_in_place_of_a_file_is_told()
    {
        await using var fixture = await HubFixture.StartAsync();
        const string page = "<html>Please log in</html>";
        fixture.Hub.Misbehave = static call => call is { Method: "GET", File: "config.json" }
            ? HubFault.FromStatus(HttpStatusCode.OK, "Content-Length", $"{page.Length}") with { Body = page }
            : null;

        Assert.Matches("answers with 26 bytes in place of the [0-9]+ of config.json", await fixture.FailAsync());
    }

    [Fact]
    public async Task A_content_that_was_packed_on_the_way_is_told()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call is { Method: "GET", File: "config.json" }
            ? HubFault.FromStatus(HttpStatusCode.OK, "Content-Encoding", "gzip") with { Body = "x" }
            : null;

        Assert.Contains("sends config.json packed (gzip), which nobody asked for", await fixture.FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_end_is_read_to_its_limit_and_once()
    {
        await using var fixture = await HubFixture.StartAsync();
        var body = new string(' ', (32 << 20) + 1);
        fixture.Hub.Misbehave = call => call.File is null ? new HubFault { Status = HttpStatusCode.OK, Body = body } : null;

        Assert.Contains("with more than 32 MiB", await fixture.FailAsync(), StringComparison.Ordinal);
        Assert.Single(fixture.Hub.Calls);
    }

    [Theory]
    [InlineData("9223372036854775807", "does not say how large config.json is")]
    [InlineData("2147483648", "has 2147 MB, and at most 268 MB are read of such a file")]
    public async Task A_size_that_no_configuration_has_is_refused_before_it_is_fetched(string size, string sentence)
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = call => call is { Method: "HEAD", File: "config.json" }
            ? new HubFault { Status = HttpStatusCode.OK, Headers = new Dictionary<string, string> { ["ETag"] = "\"abc\"", ["X-Linked-Size"] = size } }
            : null;

        Assert.Contains(sentence, await fixture.FailAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Hub.Calls, static c => c is { Method: "GET", File: not null });
    }

    [Fact]
    public async Task A_host_that_is_not_reached_through_a_proxy_is_told_with_the_proxy_and_not_with_its_password()
    {
        await using var fixture = await HubFixture.StartAsync();
        var settings = fixture.Settings with { Endpoint = new Uri("http://127.0.0.1:9"), FindProxy = static _ => new Uri("http://user:secret@proxy.example.com:3128") };

        Assert.Contains("127.0.0.1:9 cannot be reached through the proxy proxy.example.com:3128: ", await fixture.FailAsync(settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_the_cache_that_leads_to_itself_is_replaced()
    {
        await using var fixture = await HubFixture.StartAsync();
        var config = Path.Combine((await fixture.PullAsync()).Folder, "config.json");
        File.Delete(config);
        File.CreateSymbolicLink(config, "config.json");

        fixture.AssertWhole(await fixture.PullAsync(), Files);
    }
}
