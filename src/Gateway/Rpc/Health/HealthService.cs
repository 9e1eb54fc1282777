using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Health;

namespace Reranker.Gateway.Rpc.Health;

/// <summary>
/// gRPC's health protocol: serving while a worker is ready and the gateway is not about to end, as <c>/health</c>. Like that it needs no key.
/// </summary>
internal sealed class HealthService(FleetPoller fleet, IHostApplicationLifetime lifetime, IOptions<GatewayOptions> options, TimeProvider time)
    : Grpc.Health.V1.Health.HealthBase
{
    // The empty name is the whole server.
    private static readonly string[] Services =
        ["", "reranker.v1.Rerank", "tei.v1.Info", "tei.v1.Predict", "tei.v1.Rerank", "inference.GRPCInferenceService"];

    private HealthCheckResponse.Types.ServingStatus Status => fleet.IsReady
        ? HealthCheckResponse.Types.ServingStatus.Serving
        : HealthCheckResponse.Types.ServingStatus.NotServing;

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => Services.Contains(request.Service)
        ? Task.FromResult(new HealthCheckResponse { Status = Status })
        : throw new RpcException(new Status(StatusCode.NotFound, "There is no such service."));

    /// <summary>Tells the status, and each change of it. A gateway that stops says so and ends the call.</summary>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        HealthCheckResponse.Types.ServingStatus? told = null;
        while (!context.CancellationToken.IsCancellationRequested)
        {
            var status = Services.Contains(request.Service) ? Status : HealthCheckResponse.Types.ServingStatus.ServiceUnknown;
            if (status != told)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                told = status;
            }

            if (end.IsCancellationRequested)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "This gateway is stopping."));
            }

            await Task.Delay(options.Value.FleetPollInterval, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
