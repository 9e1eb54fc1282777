using Microsoft.Extensions.Hosting;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Logging;
using Reranker.ServiceDefaults.Telemetry;

namespace Reranker.ServiceDefaults;

/// <summary>What every host of the reranker has.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds console logs (<c>Reranker:Logs</c>), traces and metrics (OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is
    /// set), and health checks. The host maps them with <c>MapRerankerHealth</c> and <c>MapRerankerMetrics</c>.
    /// </summary>
    public static IHostApplicationBuilder AddRerankerServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddRerankerLogging();
        builder.AddRerankerTelemetry();
        builder.AddRerankerHealth();
        return builder;
    }
}
