using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Reranker.ServiceDefaults.Health;

/// <summary>The probes of an orchestrator.</summary>
public static class HealthEndpointExtensions
{
    /// <summary>Maps <c>/health/live</c> and <c>/health/ready</c>; 200 when healthy, else 503.</summary>
    public static IEndpointRouteBuilder MapRerankerHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", Only(HealthTags.Live));
        endpoints.MapHealthChecks("/health/ready", Only(HealthTags.Ready));
        return endpoints;
    }

    internal static void AddRerankerHealth(this IHostApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck("process", () => HealthCheckResult.Healthy(), [HealthTags.Live]);

    private static HealthCheckOptions Only(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        AllowCachingResponses = false,
    };
}
