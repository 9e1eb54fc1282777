using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reranker.Client;
using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults;

namespace Reranker.Benchmarks.Edge;

/// <summary>A server on a free port: the gateway before <see cref="InProcessReranker"/>, or a bare endpoint beside it.</summary>
internal static class EdgeServer
{
    /// <summary>Name of the gateway.</summary>
    public const string Gateway = "gateway";

    /// <summary>Name of the bare endpoint.</summary>
    public const string Bare = "bare";

    public static Task<WebApplication> StartGatewayAsync() => StartAsync(
        static builder =>
        {
            // Traces and metrics are part of what the program does.
            var reranker = new InProcessReranker();
            builder.AddRerankerServiceDefaults();
            builder.Services.AddSingleton<IReranker>(reranker);
            builder.Services.AddSingleton<IFleetInfo>(reranker);
            builder.AddRerankerGateway();
        },
        static app => app.MapReranker());

    /// <summary>What somebody writes who has the scores at hand: the body to an object, the ranking to a body, and nothing else.</summary>
    public static Task<WebApplication> StartBareAsync() => StartAsync(
        compose: null,
        static app => app.MapPost("/rerank", static (BareRequest request) =>
        {
            var entries = request.Texts.Select(static (text, index) => new BareEntry(index, 1 / (1 + Math.Exp(-InProcessReranker.FindLogit(text))))).ToArray();
            Array.Sort(entries, static (a, b) => b.Score.CompareTo(a.Score));
            return entries;
        }));

    /// <summary>The port that a server listens on.</summary>
    public static int FindPort(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private static async Task<WebApplication> StartAsync(Action<WebApplicationBuilder>? compose, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        compose?.Invoke(builder);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private sealed record BareRequest(string Query, string[] Texts);

    private sealed record BareEntry(int Index, double Score);
}
