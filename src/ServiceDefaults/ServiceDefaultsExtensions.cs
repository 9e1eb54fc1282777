using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Logging;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.ServiceDefaults.Transport;

namespace Reranker.ServiceDefaults;

/// <summary>What every host of the reranker has.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// Adds console logs (<c>Reranker:Logs</c>), traces and metrics (OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is
    /// set), health checks, TLS of the web server, and the settings of logs and cluster. The host maps them with <c>MapRerankerHealth</c> and
    /// <c>MapRerankerMetrics</c>.
    /// </summary>
    public static IHostApplicationBuilder AddRerankerServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddRerankerLogging();
        builder.AddRerankerTelemetry();
        builder.AddRerankerHealth();
        builder.AddRerankerTransport();
        builder.Services.AddRerankerSettings<ClusteringChoice>(ClusteringChoice.Section);
        builder.Services.AddRerankerSettings<ClusterSettings>(ClusterSettings.Section);
        builder.Services.AddSingleton<IValidateOptions<ClusterSettings>, ClusterSettingsValidator>();
        return builder;
    }
}
