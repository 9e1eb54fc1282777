using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Rpc;
using Reranker.Gateway.Rpc.Health;
using Reranker.Gateway.Rpc.KServe;
using Reranker.Gateway.Rpc.Tei;
using Reranker.Gateway.Rpc.V1;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Gateway.Hosting;

/// <summary>Puts the gRPC services beside HTTP.</summary>
internal static class RpcHosting
{
    // Whether a process lives and is ready is no secret, as over HTTP.
    private static readonly string[] MethodsWithoutKey =
    [
        "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch",
        "/inference.GRPCInferenceService/ServerLive", "/inference.GRPCInferenceService/ServerReady",
    ];

    /// <summary>Adds the services.</summary>
    public static void AddRpc(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddGrpc();
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<GatewayOptions>>(static (grpc, gateway) =>
        {
            grpc.MaxReceiveMessageSize = gateway.Value.MaxBodyBytes;

            // A reply may repeat the texts.
            grpc.MaxSendMessageSize = null;

            // A compressed message is counted when it is decompressed, which is too late: a few bytes may become the largest message.
            grpc.CompressionProviders = [];

            // Of methods that are not here the reply of routing says so.
            grpc.IgnoreUnknownServices = true;
            grpc.Interceptors.Add<MessageMark>();
        });
        services.AddGrpcReflection();
        services.AddSingleton<RpcGuard>();
        services.AddSingleton<RpcScorer>();
        services.AddSingleton<RpcStreams>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<GrpcOptions>>(static (kestrel, grpc) => GrpcListener.SetProtocol(kestrel, grpc.Value));
        services.AddGrpcAddress(builder.Configuration);

        // It logs an error for every message that is none. What fails in a service is logged there.
        builder.Logging.AddFilter("Grpc", LogLevel.Critical);
    }

    /// <summary>Adds the options of gRPC.</summary>
    public static void AddRpcSettings(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GrpcOptions>, GrpcOptionsValidator>());
        services.AddRerankerSettings<GrpcOptions>(GrpcOptions.Section);
    }

    /// <summary>Maps the services, each method of them behind the guard.</summary>
    public static void MapRpc(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<GrpcOptions>>().Value;
        Guard(app.MapGrpcService<RerankService>(), RpcContract.Reranker);
        Guard(app.MapGrpcService<TeiRerankService>(), RpcContract.Tei);
        Guard(app.MapGrpcService<TeiPredictService>(), RpcContract.Tei);
        Guard(app.MapGrpcService<TeiInfoService>(), RpcContract.Tei);
        Guard(app.MapGrpcService<KServeService>(), RpcContract.KServe);
        Guard(app.MapGrpcService<HealthService>(), RpcContract.Reranker);
        if (options.Reflection)
        {
            Guard(app.MapGrpcReflectionService(), RpcContract.Reranker);
        }

        app.UseGrpcAddress(options);
    }

    private static void Guard(IEndpointConventionBuilder methods, RpcContract contract) => methods.Add(endpoint =>
    {
        if (endpoint.RequestDelegate is not { } service)
        {
            return;
        }

        var needsKey = !MethodsWithoutKey.Contains($"/{((RouteEndpointBuilder)endpoint).RoutePattern.RawText?.TrimStart('/')}");
        endpoint.RequestDelegate = context =>
            context.RequestServices.GetRequiredService<RpcGuard>().RunAsync(context, contract, needsKey, service);
    });
}
