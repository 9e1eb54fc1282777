using System.Net;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Http;

public sealed class SecurityHeadersTests
{
    private const string Body = """{"query":"q","texts":["a"]}""";

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/nowhere")]
    public async Task Every_reply_says_how_a_browser_may_use_it(string path)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync(path, Body);

        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.False(answer.Headers.ContainsKey("Strict-Transport-Security"), "without TLS nobody may be told to use it alone");
        Assert.False(answer.Headers.ContainsKey("Server"));
    }

    [Fact]
    public async Task Headers_that_are_too_large_are_refused_and_cost_nothing()
    {
        await using var host = await GatewayHost.StartAsync(("MaxHeaderBytes", "4096"));

        var large = await host.PostAsync("/rerank", Body, ("X-Large", new string('x', 5000)));
        var usual = await host.PostAsync("/rerank", Body, ("X-Usual", new string('x', 2000)));

        Assert.Equal((int)HttpStatusCode.RequestHeaderFieldsTooLarge, large.Status);
        Assert.Equal((int)HttpStatusCode.OK, usual.Status);
    }
}
