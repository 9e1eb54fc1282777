using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reranker.Grains.Hosting;
using Reranker.Inference.Workers;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Silo.Health;

/// <summary>
/// Ready: the silo is an active member of the cluster, and one of its workers takes work if it has any. Degraded, and still
/// to get traffic, when some of its workers have lost their devices.
/// </summary>
internal sealed class SiloReadyCheck(StartProgress start, MembershipHealth membership, IWorkerHost host, IServiceProvider services) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(Check());

    internal static HealthCheckResult Check(SiloStatus silo, IReadOnlyList<WorkerStatus> workers)
    {
        var lost = workers.Count(w => w.Lost);
        return silo != SiloStatus.Active ? HealthCheckResult.Unhealthy($"The silo is {silo}.")
            : workers.Count > 0 && !workers.Any(w => w.Ready) ? HealthCheckResult.Unhealthy($"No worker takes work; {lost} of {workers.Count} lost their devices.")
            : lost > 0 ? HealthCheckResult.Degraded($"{lost} of {workers.Count} workers lost their devices.")
            : HealthCheckResult.Healthy();
    }

    // The silo is asked only once it is there: asking for it would make it, before its store is there.
    private HealthCheckResult Check() =>
        start.WaitsFor is { } what ? HealthCheckResult.Unhealthy($"The silo waits for {what}.")
        : membership.Fault is { } fault ? HealthCheckResult.Unhealthy(fault)
        : Check(services.GetRequiredService<ISiloStatusOracle>().CurrentStatus, [.. host.Workers.Select(w => w.Status)]);
}
