using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Models;

/// <summary>A caller whose model is not served learns which ones are, and how the operator can map the name.</summary>
public sealed class UnknownModelTests
{
    [Theory]
    [InlineData("/rerank", """{"query":"q","documents":["a"],"model":"BAAI/other"}""")]
    [InlineData("/v1/rerank", """{"query":"q","documents":["a"],"model":"BAAI/other"}""")]
    [InlineData("/v2/rerank", """{"query":"q","documents":["a"],"model":"BAAI/other"}""")]
    public async Task An_unknown_model_is_answered_with_the_served_ones_and_the_setting_for_others(string path, string body)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync(path, body);

        Assert.Equal(404, answer.Status);
        Assert.Contains($"'{ScriptedReranker.Model}'", answer.Json.ToString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Gateway:ModelAliases", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("BAAI/other", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ModelAliases:0:Name", "ModelAliases:0:Target", ScriptedReranker.Model)]
    [InlineData("ModelAliases:0:Name", "ModelAliases:0:Target", "")]
    public async Task An_alias_of_the_list_form_is_served(string nameKey, string targetKey, string target)
    {
        await using var host = await GatewayHost.StartAsync((nameKey, "BAAI/other:v2"), (targetKey, target));

        var answer = await host.PostAsync("/rerank", """{"query":"q","documents":["a"],"model":"BAAI/other:v2"}""");

        Assert.Equal(200, answer.Status);
    }
}
