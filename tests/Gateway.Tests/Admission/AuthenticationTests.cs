using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Admission;

public sealed class AuthenticationTests
{
    private const string Key = "key-of-the-search-team";
    private const string Body = """{"query":"q","documents":["a"],"texts":["a"],"passages":["a"],"queries":"q"}""";
    private static readonly (string, string)[] Settings = [("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", Key)];

    [Fact]
    public async Task No_path_scores_without_a_key_or_with_a_wrong_one()
    {
        await using var host = await GatewayHost.StartAsync(Settings);
        var paths = host.ScoringPaths;

        Assert.True(paths.Length > 30);
        foreach (var path in paths)
        {
            AssertRefused(path, await host.PostAsync(path, Body), isTei: path.StartsWith("/tei", StringComparison.Ordinal) || path == "/predict");
            AssertRefused(
                path, await host.PostAsync(path, Body, ("Authorization", $"Bearer {Key}x")), isTei: path.StartsWith("/tei", StringComparison.Ordinal) || path == "/predict");
        }

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

    private static void AssertRefused(string path, Answer answer, bool isTei)
    {
        Assert.True(answer.Status == 401, $"{path}: {answer.Status}");
        Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
        if (isTei)
        {
            Assert.Equal("", answer.Body);
            return;
        }

        if (path.StartsWith("/v2/models", StringComparison.Ordinal))
        {
            Assert.NotEqual("", answer.Json.GetProperty("error").GetString());
            return;
        }

        Assert.NotEqual("", answer.Json.GetProperty("message").GetString());
        Assert.NotEqual("", answer.Json.GetProperty("detail").GetString());
    }
}
