using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Admission;

public sealed class AuthenticationTests
{
    private const string Key = "key-of-the-search-team";
    private static readonly (string, string)[] Settings = [("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", Key)];

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/v1/rerank")]
    [InlineData("/v2/rerank")]
    public async Task No_path_scores_without_a_key_or_with_a_wrong_one(string path)
    {
        await using var host = await GatewayHost.StartAsync(Settings);
        const string Body = """{"query":"q","documents":["a"]}""";

        var none = await host.PostAsync(path, Body);
        var wrong = await host.PostAsync(path, Body, ("Authorization", $"Bearer {Key}x"));

        Assert.All([none, wrong], static answer =>
        {
            Assert.Equal(401, answer.Status);
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
            Assert.NotEqual("", answer.Json.GetProperty("message").GetString());
            Assert.NotEqual("", answer.Json.GetProperty("detail").GetString());
        });
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("Bearer " + Key)]
    [InlineData("bearer " + Key)]
    [InlineData(Key)]
    public async Task A_key_scores_for_its_tenant_with_a_scheme_or_without(string header)
    {
        await using var host = await GatewayHost.StartAsync(Settings);

        var answer = await host.PostAsync("/rerank", """{"query":"q","texts":["a"]}""", ("Authorization", header));

        Assert.Equal(200, answer.Status);
        Assert.Equal("search", Assert.Single(host.Reranker.Calls).Options.Tenant);
    }

    [Fact]
    public async Task Health_needs_no_key_and_info_does()
    {
        await using var host = await GatewayHost.StartAsync(Settings);

        Assert.Equal(200, (await host.GetAsync("/health")).Status);
        Assert.Equal(200, (await host.GetAsync("/v1/health/ready")).Status);
        var info = await host.GetAsync("/info");
        Assert.Equal((401, ""), (info.Status, info.Body));
        Assert.Equal(401, (await host.GetAsync("/v1/models")).Status);
    }
}
