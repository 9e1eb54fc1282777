using Microsoft.Extensions.Options;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Configuration;

public sealed class GatewayOptionsTests
{
    [Theory]
    [InlineData("MaxBodyBytes", "0")]
    [InlineData("MaxBodyBytesInFlight", "1")]
    [InlineData("MaxPassages", "100001")]
    [InlineData("MaxConcurrentRequests", "0")]
    [InlineData("DefaultDeadline", "00:11:00")]
    [InlineData("MaxDeadline", "01:00:00")]
    [InlineData("MaxHeaderBytes", "100")]
    [InlineData("HeaderTimeout", "0")]
    [InlineData("HstsDays", "-1")]
    [InlineData("CorsOrigins:0", "app.example")]
    [InlineData("CorsOrigins:0", "https://app.example/")]
    [InlineData("ApiKeys:0:Key", "a-long-enough-key-without-tenant")]
    public async Task Options_that_make_no_sense_stop_the_start_and_are_named(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayHost.StartAsync((key, value)));

        Assert.Contains(key.Split(':')[0], failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-long-enough", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a-long-enough-key\n", "another-long-enough-key")]
    [InlineData("another-long-enough-key", " a-long-enough-key")]
    public async Task A_key_that_no_caller_could_show_because_of_white_space_at_its_end_stops_the_start(string key, string adminKey)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => GatewayHost.StartAsync(("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", key), ("AdminKey", adminKey)));

        Assert.Contains("white space", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("long-enough", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", "https://anywhere.example", "*")]
    [InlineData("https://app.example", "https://app.example", "https://app.example")]
    [InlineData("https://app.example", "https://other.example", null)]
    [InlineData(null, "https://app.example", null)]
    public async Task Browsers_may_call_from_the_configured_origins_only(string? configured, string origin, string? allowed)
    {
        await using var host = await GatewayHost.StartAsync(configured is null ? [] : [("CorsOrigins:0", configured)]);

        var answer = await host.PostAsync("/rerank", """{"query":"q","texts":["a"]}""", ("Origin", origin));

        Assert.Equal(allowed, answer.Headers.GetValueOrDefault("Access-Control-Allow-Origin"));
    }
}
