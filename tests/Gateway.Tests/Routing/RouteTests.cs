using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Routing;

/// <summary>What is no path of the gateway, and what is no method of a path, is answered as the path's dialect would.</summary>
public sealed class RouteTests
{
    [Theory]
    [InlineData("/info")]
    [InlineData("/health")]
    [InlineData("/")]
    [InlineData("/ping")]
    [InlineData("/v1/models")]
    [InlineData("/v1/health/live")]
    [InlineData("/v1/health/ready")]
    [InlineData("/v1/metadata")]
    [InlineData("/v1/cluster/auth")]
    [InlineData("/v1/models/bge-reranker-v2-m3")]
    [InlineData("/tei/info")]
    [InlineData("/tei")]
    [InlineData("/nim/v1/health/ready")]
    [InlineData("/infinity/health")]
    [InlineData("/vllm/health")]
    public async Task Head_answers_as_get_does_without_a_body(string path)
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        var head = await host.SendAsync(request);

        var get = await host.GetAsync(path);
        Assert.Equal((200, 200), (get.Status, head.Status));
        Assert.Equal("", head.Body);
        Assert.Equal(get.Headers.GetValueOrDefault("Content-Length"), head.Headers.GetValueOrDefault("Content-Length"));
        Assert.Equal(get.Headers.GetValueOrDefault("Content-Type"), head.Headers.GetValueOrDefault("Content-Type"));
    }

    [Theory]
    [InlineData("GET", "/no-such-path", 404, "Validation")]
    [InlineData("POST", "/rerank/more", 404, "Validation")]
    [InlineData("POST", "/embed", 404, "Validation")]
    [InlineData("POST", "/v1/embeddings", 404, "message")]
    [InlineData("GET", "/v2/other", 404, "message")]
    [InlineData("GET", "/v3/rerank", 404, "Validation")]
    [InlineData("GET", "/admin/models", 404, "message")]
    [InlineData("GET", "/rerank", 405, "union")]
    [InlineData("PUT", "/v1/rerank", 405, "message")]
    [InlineData("DELETE", "/v2/rerank", 405, "message")]
    [InlineData("POST", "/info", 405, "Validation")]
    [InlineData("POST", "/v1/models", 405, "message")]
    [InlineData("POST", "/v1/models/x", 405, "message")]
    [InlineData("GET", "/v1/ranking", 405, "nim")]
    [InlineData("GET", "/v1/retrieval/a/b/reranking", 405, "nim")]
    [InlineData("GET", "/nim/rerank", 404, "nim")]
    [InlineData("GET", "/vllm/score", 405, "message")]
    [InlineData("GET", "/infinity/embeddings", 404, "message")]
    [InlineData("GET", "/tei/embed", 404, "Validation")]
    [InlineData("POST", "/voyage/v1/embeddings", 404, "voyage")]
    public async Task An_unknown_route_has_a_body_in_the_dialect_of_its_path(string method, string path, int status, string shape)
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        var answer = await host.SendAsync(request);

        Assert.Equal(status, answer.Status);
        ErrorShape.Check(answer, shape);
        Assert.Equal(status == 405, answer.Headers.ContainsKey("Allow"));
    }

    [Fact]
    public async Task A_probe_of_tei_without_a_key_still_gets_its_empty_401()
    {
        await using var host = await GatewayHost.StartAsync(("ApiKeys:0:Tenant", "t"), ("ApiKeys:0:Key", "0123456789abcdef"));

        var answer = await host.GetAsync("/info");

        Assert.Equal((401, ""), (answer.Status, answer.Body));
    }
}
