using Microsoft.Extensions.Diagnostics.HealthChecks;
using Reranker.Inference.Scoring;
using Reranker.Silo.Health;

namespace Reranker.Silo.Tests.Health;

public sealed class SiloReadyCheckTests
{
    [Fact]
    public void A_model_that_is_suspended_degrades_a_silo_that_serves_another()
    {
        var result = SiloReadyCheck.FindHealth(SiloStatus.Active, [Worker(Model("one", suspended: true), Model("other"))]);

        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Equal("0 of 1 workers lost their devices; 1 of 1 have a device that fails and is tried again.", result.Description);
    }

    [Fact]
    public void A_silo_whose_only_worker_is_suspended_gets_no_traffic()
    {
        var result = SiloReadyCheck.FindHealth(SiloStatus.Active, [Worker(Model("one", suspended: true))]);

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Equal(
            "No worker takes work; 0 of 1 lost their devices; 1 of 1 have a device that fails and is tried again.", result.Description);
    }

    [Fact]
    public void Workers_that_take_work_are_healthy()
        => Assert.Equal(HealthStatus.Healthy, SiloReadyCheck.FindHealth(SiloStatus.Active, [Worker(Model("one")), Worker(Model("one"))]).Status);

    private static WorkerStatus Worker(params ModelStatus[] models) => new() { Models = models };

    private static ModelStatus Model(string identity, bool suspended = false)
        => new() { Identity = identity, Ready = !suspended, Suspended = suspended };
}
