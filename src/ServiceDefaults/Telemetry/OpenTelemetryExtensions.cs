using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>Traces and metrics of every host: over OTLP where an endpoint is set, and for Prometheus to read.</summary>
public static class OpenTelemetryExtensions
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ExemplarFilter = "OTEL_METRICS_EXEMPLAR_FILTER";

    /// <summary>Maps <c>/metrics</c> for Prometheus.</summary>
    public static IEndpointConventionBuilder MapRerankerMetrics(this IEndpointRouteBuilder endpoints)
        => endpoints.MapPrometheusScrapingEndpoint(ProbePaths.Metrics).DisableHttpMetrics();

    internal static void AddRerankerTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(
                builder.Environment.ApplicationName,
                serviceNamespace: "reranker",
                serviceVersion: typeof(OpenTelemetryExtensions).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(t => t
                .AddSource("Reranker.*", "Microsoft.Orleans.Application")
                .AddAspNetCoreInstrumentation(static o => o.Filter = static context => !ProbePaths.IsProbe(context.Request.Path))
                .AddProcessor<CancellationIsNoErrorProcessor>())
            .WithMetrics(m => m
                .AddMeter(ExportedMetrics.Meters)
                .AddView(ExportedMetrics.SelectStream)
                .AddPrometheusExporter());

        // A bucket keeps the trace of a sampled request that fell into it. What is set here would be stronger than OpenTelemetry's own variable.
        if (string.IsNullOrEmpty(builder.Configuration[ExemplarFilter]))
        {
            telemetry.WithMetrics(static m => m.SetExemplarFilter(ExemplarFilterType.TraceBased));
        }

        builder.Services.AddSingleton<CancellationIsNoErrorProcessor>();
        builder.Services.AddSingleton<IStartCheck>(new CollectorCheck(builder.Configuration, Endpoint));

        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            telemetry.UseOtlpExporter();
        }
    }
}
