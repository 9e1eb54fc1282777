using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reranker.Grains.Workers;
using Reranker.Inference.Scoring;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Health;

namespace Reranker.Silo.Health;

/// <summary>
/// Ready: the silo is an active member of the cluster, and one of its workers takes work for some model if it has any. Degraded,
/// and still to get traffic, when some of its workers have lost their devices, or have a device that fails with a model.
/// </summary>
internal sealed class SiloReadyCheck(StartProgress start, MembershipHealth membership, IWorkerHost host, IServiceProvider services) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(FindHealth());

    internal static HealthCheckResult FindHealth(SiloStatus silo, IReadOnlyList<WorkerStatus> workers)
    {
        var lost = workers.Count(w => w.Lost);
        var failing = workers.Count(w => w.Suspended && !w.Lost);
        var tried = failing > 0 ? $"; {failing} of {workers.Count} have a device that fails and is tried again" : "";
        return silo != SiloStatus.Active ? HealthCheckResult.Unhealthy($"The silo is {silo}.")
            : workers.Count > 0 && !workers.Any(TakesWork)
                ? HealthCheckResult.Unhealthy($"No worker takes work; {lost} of {workers.Count} lost their devices{tried}.")
            : lost + failing > 0 ? HealthCheckResult.Degraded($"{lost} of {workers.Count} workers lost their devices{tried}.")
            : HealthCheckResult.Healthy();
    }

    // Models are tried and taken back one by one: one that fails must not take the others out of traffic.
    private static bool TakesWork(WorkerStatus worker) => worker.Models.Any(static m => m.Ready);

    // The silo is asked only once it is there: asking for it would make it, before its store is there.
    private HealthCheckResult FindHealth() =>
        start.WaitsFor is { } what ? HealthCheckResult.Unhealthy($"The silo waits for {what}.")
        : membership.Fault is { } fault ? HealthCheckResult.Unhealthy(fault)
        : FindHealth(services.GetRequiredService<ISiloStatusOracle>().CurrentStatus, [.. host.Workers.Select(w => w.Status)]);
}
