using System.Text;
using System.Text.Json;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reranker.Client;
using Reranker.Client.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Health;
using Reranker.Gateway.Hosting;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>The real gateway on a real Kestrel and a free port, with a scripted reranker behind it.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    // An address of its own tells the port of gRPC from that of HTTP, both of which are free ones.
    private const string RpcHost = "127.0.0.2";

    /// <summary>The setting that has a host listen for gRPC too.</summary>
    public static readonly (string Key, string Value) WithGrpc = ("Grpc:Url", $"http://{RpcHost}:0");

    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, ScriptedReranker reranker, ScriptedFleet fleet, RecordingLoggerProvider logs)
    {
        _app = app;
        (Reranker, Fleet, Logs) = (reranker, fleet, logs);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Http = new HttpClient { BaseAddress = new Uri(addresses.Single(static address => !address.Contains(RpcHost, StringComparison.Ordinal))) };
        Grpc = addresses.SingleOrDefault(static address => address.Contains(RpcHost, StringComparison.Ordinal)) is { } grpc ? new Uri(grpc) : null;
    }

    public HttpClient Http { get; }

    /// <summary>Where it listens for gRPC.</summary>
    public Uri? Grpc { get; }

    /// <summary>A connection of a caller that does not speak HTTP as a library does.</summary>
    public RawConnection Connect() => new(Http.BaseAddress!);

    public ScriptedReranker Reranker { get; }

    public ScriptedFleet Fleet { get; }

    public RecordingLoggerProvider Logs { get; }

    public required ScriptedModelAdmin ModelAdmin { get; init; }

    public required ScriptedQuotaLeases Quotas { get; init; }

    public IServiceProvider Services => _app.Services;

    /// <summary>
    /// Every path that scores, with a name for each of its parameters. They are asked of the host, so that a test of all of them
    /// leaves none out that is added later.
    /// </summary>
    public string[] ScoringPaths =>
    [
        .. Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
            .Select(static endpoint => endpoint.RoutePattern.RawText!.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal))
            .Where(static path => !path.StartsWith("/admin", StringComparison.Ordinal)),
    ];

    /// <summary>Every method of every gRPC service.</summary>
    public string[] RpcMethods =>
    [
        .. Services.GetServices<EndpointDataSource>().SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            .Select(static endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}"),
    ];

    /// <summary>Memory that the gateway counts as held by requests.</summary>
    public long HeldBytes => Services.GetRequiredService<ByteBudget>().Held;

    public static Task<GatewayHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(TimeProvider.System, settings);

    public static Task<GatewayHost> StartAsync(TimeProvider time, params (string Key, string Value)[] settings) =>
        StartAsync(time, static _ => { }, settings);

    /// <summary>A host with other services, or other options of what is not ours.</summary>
    public static async Task<GatewayHost> StartAsync(TimeProvider time, Action<IServiceCollection> compose, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Configuration.AddInMemoryCollection(
            settings.Select(static setting => KeyValuePair.Create($"Gateway:{setting.Key}", (string?)setting.Value)));
        var logs = new RecordingLoggerProvider();
        builder.Logging.AddProvider(logs);
        var reranker = new ScriptedReranker();
        var fleet = new ScriptedFleet();
        var modelAdmin = new ScriptedModelAdmin();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IReranker>(reranker);
        builder.Services.AddSingleton<IFleetInfo>(fleet);
        builder.Services.AddSingleton<IModelAdmin>(modelAdmin);
        var quotas = new ScriptedQuotaLeases();
        builder.Services.AddSingleton<IQuotaLeases>(quotas);
        builder.AddRerankerGateway();
        compose(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        app.MapReranker();
        await app.StartAsync();
        await app.Services.GetRequiredService<FleetPoller>().RefreshAsync(CancellationToken.None);
        return new GatewayHost(app, reranker, fleet, logs) { ModelAdmin = modelAdmin, Quotas = quotas };
    }

    public Task<Answer> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        PostAsync(path, Encoding.UTF8.GetBytes(json), headers);

    public async Task<Answer> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, body, headers);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}

internal sealed record Answer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
