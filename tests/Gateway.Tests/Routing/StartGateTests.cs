using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reranker.Gateway.Routing;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Gateway.Tests.Routing;

/// <summary>A process whose silo has not joined yet answers what it can.</summary>
public sealed class StartGateTests
{
    [Fact]
    public async Task Requests_are_refused_until_the_silo_of_the_process_has_started_and_probes_are_not()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var start = new StartProgress();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(start);
        await using var app = builder.Build();
        app.UseStartGate();
        app.MapGet("/health/live", static () => "alive");
        app.MapPost("/rerank", static () => "scores");
        app.MapGet("/admin/models", static () => "models");
        await app.StartAsync(cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        start.SetWaitingFor("its membership store to answer");

        Assert.Equal("alive", await http.GetStringAsync(new Uri("/health/live", UriKind.Relative), cancellation));
        using var refused = await PostAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("waits for its membership store", await refused.Content.ReadAsStringAsync(cancellation), StringComparison.Ordinal);
        using var admin = await http.GetAsync(new Uri("/admin/models", UriKind.Relative), cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, admin.StatusCode);

        start.MarkStarted();
        using var answered = await PostAsync();
        Assert.Equal("scores", await answered.Content.ReadAsStringAsync(cancellation));

        async Task<HttpResponseMessage> PostAsync()
        {
            using var body = new StringContent("{}", Encoding.UTF8, "application/json");
            return await http.PostAsync(new Uri("/rerank", UriKind.Relative), body, cancellation);
        }
    }
}
