using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Startup;
using Reranker.TestKit.Certificates;
using Reranker.TestKit.Processes;

namespace Reranker.Tool.Tests.Configuration;

/// <summary>The health check of a container: the same settings that tell a server where to listen say where to ask it.</summary>
public sealed class HealthQuestionTests
{
    [Theory]
    [InlineData("http://*:{0}", 200, 0, "Healthy")]
    [InlineData("http://0.0.0.0:{0}", 200, 0, "Healthy")]
    [InlineData("http://127.0.0.1:{0}", 200, 0, "Healthy")]
    [InlineData("https://*:{0}", 200, 0, "Healthy")]
    [InlineData("http://*:{0}", 503, 1, "Unhealthy")]
    public async Task The_exit_code_says_whether_the_server_there_is_ready(string listen, int status, int code, string said)
    {
        var port = LoopbackPorts.Take();
        await using var server = await StartAsync(port, status, listen.StartsWith("https", StringComparison.Ordinal));
        await using var output = new StringWriter();

        Assert.Equal(code, await HealthQuestion.AskAsync(ListenAt(string.Format(null, listen, port)), output, TestContext.Current.CancellationToken));
        Assert.Equal(said, output.ToString().Trim());
    }

    [Fact]
    public async Task Of_several_addresses_one_without_TLS_is_asked()
    {
        var port = LoopbackPorts.Take();
        await using var server = await StartAsync(port, 200, https: false);

        Assert.Equal(0, await HealthQuestion.AskAsync(ListenAt($"https://*:1;http://*:{port}"), TextWriter.Null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://*:{0}", "No answer from http://127.0.0.1:{0}/")]
    [InlineData("http://127.0.0.1:0", "The settings name no port")]
    [InlineData("nonsense", "The settings name no port")]
    public async Task Nobody_there_is_a_failure_in_words(string listen, string said)
    {
        var port = LoopbackPorts.Take();
        await using var output = new StringWriter();

        Assert.Equal(1, await HealthQuestion.AskAsync(ListenAt(string.Format(null, listen, port)), output, TestContext.Current.CancellationToken));
        Assert.StartsWith(string.Format(null, said, port), output.ToString(), StringComparison.Ordinal);
    }

    private static IConfigurationRoot ListenAt(string urls) => new ConfigurationBuilder().AddInMemoryCollection([new("urls", urls)]).Build();

    private static async Task<WebApplication> StartAsync(int port, int status, bool https)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen =>
        {
            if (https)
            {
                using var authority = new TestAuthority();
                listen.UseHttps(authority.Issue("elsewhere").Load());
            }
        }));
        var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Text(status == 200 ? "Healthy" : "Unhealthy", statusCode: status));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
