using System.Text.Json;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Admin;

public sealed class UsageEndpointTests
{
    private const string Key = "a-key-that-is-long-enough";
    private const string AdminKey = "an-admin-key-that-is-long-enough";

    [Fact]
    public async Task What_is_not_limited_is_left_out_and_shares_are_rounded()
    {
        await using var host = await GatewayHost.StartAsync(
            ("AdminKey", AdminKey), ("MinGateways", "3"),
            ("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", Key), ("ApiKeys:0:TokensPerMinute", "600000"));
        Assert.Equal(200, (await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""", ("Authorization", Key))).Status);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/usage");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {AdminKey}");
        var limits = JsonDocument.Parse((await host.SendAsync(request)).Body).RootElement.GetProperty("tenants")[0].GetProperty("limits");

        Assert.Equal("""{"tokens_per_minute":600000,"token_burst":600000,"share":0.333333}""", limits.GetRawText());
    }
}
