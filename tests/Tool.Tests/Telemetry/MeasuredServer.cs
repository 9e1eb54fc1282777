using System.Net;
using System.Text;
using Reranker.TestKit.Telemetry;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Telemetry;

/// <summary>A server that was asked for everything, in every dialect and in vain, and has ended: its metrics and its log.</summary>
public sealed class MeasuredServer : IAsyncLifetime
{
    /// <summary>Requests that were refused at once, one after another.</summary>
    public const int Flood = 150;

    private const string Key = "0123456789abcdef";
    private static readonly string[] Readings =
        ["/health", "/health/live", "/health/ready", "/v1/health/ready", "/ping", "/", "/info", "/v1/models", "/metrics", "/nowhere"];

    private readonly HttpClient _http = new();

    /// <summary>What it showed at <c>/metrics</c>.</summary>
    public MetricsPage Page { get; private set; } = null!;

    /// <summary>Everything it logged.</summary>
    public string Log { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var (server, url) = await RerankerProgram.ServeAsync(
            ["--engine", "scripted"], new() { ["Gateway__ApiKeys__0__Key"] = Key, ["Gateway__ApiKeys__0__Tenant"] = "t" });
        await using var _ = server;
        _http.BaseAddress = url;
        await AskForEverythingAsync();
        for (var i = 0; i < Flood; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("/rerank", "{}", key: "another key entirely"));
        }

        // A page is kept for a moment, so the first one may be of before the flood.
        do
        {
            Page = await MetricsPage.ReadAsync(_http, url, TestContext.Current.CancellationToken);
        }
        while (Page.Sum("reranker_gateway_requests_total", "Unauthorized") < Flood);

        await server.SignalAsync("TERM");
        Assert.Equal(ExitCodes.Success, await server.WaitForExitAsync(TestContext.Current.CancellationToken));
        Log = server.Output;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AskForEverythingAsync()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/rerank", """{"query":"q","texts":["a","b c"]}"""));
        foreach (var path in (string[])["/rerank", "/v1/rerank", "/v2/rerank"])
        {
            await PostAsync(path, """{"query":"q","documents":["a","b c"]}""");
            await PostAsync(path, """{"query":"q","documents":["a","b c"],"model":"none"}""");
            await PostAsync(path, """{"query":"q"}""");
            await PostAsync(path, """{"query":"q","texts":[],"documents":[]}""");
            await PostAsync(path, "[");
            using var deleted = await _http.DeleteAsync(new Uri(path, UriKind.Relative));
        }

        foreach (var path in Readings)
        {
            using var read = await _http.GetAsync(new Uri(path, UriKind.Relative));
        }
    }

    private async Task<HttpStatusCode> PostAsync(string path, string body, string key = Key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }
}
