using System.Net;
using Reranker.ClusterKit;

namespace Reranker.Cluster.Tests;

public sealed class GatewayStartTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const string Tei = """{"query":"which?","texts":["this","that"]}""";
    private const string Cohere = """{"query":"which?","documents":["this","that"]}""";

    [Fact(Timeout = 120_000)]
    public async Task A_gateway_without_a_cluster_is_alive_refuses_in_the_callers_dialect_and_stops_on_a_signal()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await LocalCluster.StartGatewayAsync(cancellation);

        foreach (var path in (string[])["/health/live", "/v1/health/live"])
        {
            Assert.Equal(HttpStatusCode.OK, await cluster.StatusOfAsync(path, cancellation));
        }

        foreach (var path in (string[])["/health/ready", "/v1/health/ready", "/health", "/info", "/v1/models"])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await cluster.StatusOfAsync(path, cancellation));
        }

        var tei = await cluster.PostAsync("/rerank", Tei, cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, tei.Status);
        Assert.Equal("Unhealthy", tei.Body.GetProperty("error_type").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), tei.RetryAfter);

        var cohere = await cluster.PostAsync("/v1/rerank", Cohere, cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, cohere.Status);
        Assert.NotEmpty(cohere.Body.GetProperty("message").GetString()!);
        Assert.Equal(TimeSpan.FromSeconds(1), cohere.RetryAfter);

        await cluster.Gateway.SignalAsync("TERM");
        Assert.Equal(0, await cluster.Gateway.WaitForExitAsync(cancellation));
        Assert.DoesNotContain("Unhandled exception", cluster.Gateway.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task A_gateway_finds_its_cluster_when_it_comes_says_so_when_it_is_gone_and_finds_it_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await LocalCluster.StartGatewayAsync(cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await cluster.StatusOfAsync("/v1/health/ready", cancellation));

        var first = await cluster.StartSiloAsync(model.Folder, cancellation);
        await cluster.WaitForAsync("/v1/health/ready", HttpStatusCode.OK, cancellation);
        var before = await cluster.PostAsync("/rerank", Tei, cancellation);
        Assert.Equal(HttpStatusCode.OK, before.Status);
        Assert.Equal(2, before.Body.GetArrayLength());

        // One request is on its way while the silo dies, and one comes after.
        var during = cluster.PostAsync("/rerank", Tei, cancellation);
        await first.SignalAsync("KILL");
        await first.WaitForExitAsync(cancellation);
        var after = await cluster.PostAsync("/rerank", Tei, cancellation);
        Assert.Contains((await during).Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout]);
        Assert.Contains(after.Status, (HttpStatusCode[])[HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout]);
        Assert.NotEmpty(after.Body.GetProperty("error").GetString()!);
        Assert.Equal(HttpStatusCode.OK, await cluster.StatusOfAsync("/v1/health/live", cancellation));

        await cluster.StartSiloAsync(model.Folder, cancellation);
        LocalCluster.Reply again;
        do
        {
            again = await cluster.PostAsync("/rerank", Tei, cancellation);
        }
        while (again.Status != HttpStatusCode.OK);
        Assert.Equal(before.Body.GetRawText(), again.Body.GetRawText());
        await cluster.WaitForAsync("/v1/health/ready", HttpStatusCode.OK, cancellation);
    }
}
