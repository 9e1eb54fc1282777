using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Health;

/// <summary>The probes of an orchestrator.</summary>
public static class HealthEndpointExtensions
{
    /// <summary>
    /// Maps <c>/health/live</c> and <c>/health/ready</c>; 200 when healthy or degraded, else 503. The body is the state, and a
    /// line for every check that is not healthy.
    /// </summary>
    public static IEndpointRouteBuilder MapRerankerHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health/live", CreateOptionsForTag(HealthTags.Live)).DisableHttpMetrics();
        endpoints.MapHealthChecks("/health/ready", CreateOptionsForTag(HealthTags.Ready)).DisableHttpMetrics();
        return endpoints;
    }

    internal static void AddRerankerHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck("process", () => HealthCheckResult.Healthy(), [HealthTags.Live]);

        // Whoever probes gets the answer; a line of error for each probe that comes while a silo waits would bury what it waits for.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
    }

    private static HealthCheckOptions CreateOptionsForTag(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        AllowCachingResponses = false,
        ResponseWriter = WriteReportAsync,
    };

    private static Task WriteReportAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain";
        var lines = report.Entries
            .Where(e => e.Value.Status != HealthStatus.Healthy)
            .Select(e => $"{e.Key}: {e.Value.Description}")
            .Prepend(report.Status.ToString());
        return context.Response.WriteAsync(string.Join('\n', lines), context.RequestAborted);
    }
}
