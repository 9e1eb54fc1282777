using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Reranker.Gateway.Health;

/// <summary>Ready: a worker of the fleet is, and this process is not about to end.</summary>
internal sealed class FleetReadyCheck(FleetPoller fleet) : IHealthCheck
{
    /// <summary>Why a gateway is not ready.</summary>
    public const string NotReady = "No worker is ready.";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(fleet.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(NotReady));
}
