using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reranker.Grains.Hosting;

namespace Reranker.Silo.Health;

/// <summary>Ready: the silo is an active member of the cluster, and one of its workers takes work if it has any.</summary>
internal sealed class SiloReadyCheck(ISiloStatusOracle status, IWorkerHost host) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silo = status.CurrentStatus;
        if (silo != SiloStatus.Active)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy($"The silo is {silo}."));
        }

        return Task.FromResult(host.Workers.Count == 0 || host.Workers.Any(w => w.Status.Ready)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("No worker takes work."));
    }
}
