using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reranker.Client;
using Reranker.Client.Hosting;
using Reranker.Gateway.Admin;
using Reranker.Gateway.Admission;
using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Bulk;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Health;
using Reranker.Gateway.Http;
using Reranker.Gateway.Info;
using Reranker.Gateway.Models;
using Reranker.Gateway.Playground;
using Reranker.Gateway.Reranking;
using Reranker.Gateway.Routing;
using Reranker.Gateway.Tenants;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Gateway.Hosting;

/// <summary>Puts the HTTP edge into a host.</summary>
public static class RerankerGatewayExtensions
{
    /// <summary>
    /// Adds the edge and its client. The host brings the cluster: <c>UseRerankerClusterClient</c>, or <c>AddRerankerSilo</c> where
    /// edge and silo share a process.
    /// </summary>
    public static TBuilder AddRerankerGateway<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddGatewaySettings();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>>(static (kestrel, gateway) => ConnectionLimits.LimitServer(kestrel, gateway.Value));
        services.AddOptions<SocketTransportOptions>().Configure(ConnectionLimits.LimitSockets);
        services.AddRequestDecompression();

        services.AddSingleton<KeyRingSource>();
        services.AddSingleton<QuotaShares>();
        services.AddSingleton<TokenQuotas>();
        services.AddSingleton<UsageBook>();
        services.AddSingleton<KeyFileWatcher>();
        services.AddSingleton<QuotaLeaser>();
        services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<KeyFileWatcher>());
        services.AddSingleton(static provider => StartWhenSiloIsThere(provider, provider.GetRequiredService<QuotaLeaser>()));
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<ByteBudget>();
        services.AddSingleton<TokenEstimator>();
        services.AddSingleton<ModelCapacities>();
        services.AddSingleton<AdmissionController>();
        services.AddSingleton<RefusalPace>();
        services.AddSingleton<RequestPermits>();
        services.AddSingleton<BodyReader>();
        services.AddSingleton<BodyDiscarder>();
        services.AddSingleton<ReplySender>();
        services.AddSingleton<ModelNames>();
        services.AddSingleton<PairReranker>();
        services.AddSingleton<CallScorer>();
        services.AddSingleton<CallAnswerer>();
        services.AddSingleton<RerankRequestHandler>();
        services.AddSingleton<RerankRoutes>();
        services.AddSingleton<ApiDocument>();
        services.AddSingleton<BulkLineScorer>();
        services.AddSingleton<BulkHandler>();
        services.AddSingleton<InfoResponder>();
        services.AddSingleton<FleetPoller>();
        services.AddSingleton(static provider => StartWhenSiloIsThere(provider, provider.GetRequiredService<FleetPoller>()));
        services.AddHostedService<DrainBeforeStop>();
        services.AddStopLimit();
        services.AddHealthChecks().AddCheck<FleetReadyCheck>("fleet", tags: [HealthTags.Ready]);
        services.AddCors();
        builder.AddRpc();
        return builder;
    }

    /// <summary>
    /// Adds the options of edge and client, and the client, which <see cref="AddRerankerGateway"/> does too. A program calls it
    /// first, so that the faults of these settings are found beside those of the cluster, which is read at once.
    /// </summary>
    public static IServiceCollection AddGatewaySettings(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>());
        services.AddRerankerSettings<GatewayOptions>(GatewayOptions.Section);
        services.AddRerankerSettings<RerankerClientOptions>(GatewayOptions.ClientSection);
        services.AddRpcSettings();
        return services.AddRerankerClient();
    }

    private static IHostedService StartWhenSiloIsThere(IServiceProvider provider, BackgroundService service) =>
        provider.GetService<StartProgress>() is { } silo ? new StartBehindSilo(service, silo) : service;

    /// <summary>Maps the scoring paths, the gRPC services, <c>/info</c>, <c>/v1/models</c>, the health paths and, where there is a key for them, the admin paths.</summary>
    public static WebApplication MapReranker(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        app.UseSecurityHeaders(options);
        app.UseBodyTimesOnSharedConnections();
        var origins = options.CorsOrigins;
        if (origins.Count > 0)
        {
            app.UseCors(policy => policy.WithOrigins([.. origins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(
                RequestHeaders.RequestId, RequestHeaders.Truncated, RequestHeaders.Chunked, RequestHeaders.Model, RequestHeaders.ServerTiming));
        }

        app.UseRouteErrors();
        app.UseStartGate();
        app.UseContentDecoding();
        app.Services.GetRequiredService<RerankRoutes>().MapRerank(app);
        app.MapInfo();
        app.MapKServe();
        app.MapRpc();
        app.MapHealth();
        if (options.AdminKey is { } adminKey)
        {
            app.MapModelAdmin(adminKey);
        }

        app.MapPages(options);

        return app;
    }
}
