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

    private static readonly double[] HttpSeconds =
        [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>Maps <c>/metrics</c> for Prometheus.</summary>
    public static IEndpointConventionBuilder MapRerankerMetrics(this IEndpointRouteBuilder endpoints)
        => endpoints.MapPrometheusScrapingEndpoint("/metrics");

    internal static void AddRerankerTelemetry(this IHostApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(
                builder.Environment.ApplicationName,
                serviceNamespace: "reranker",
                serviceVersion: typeof(OpenTelemetryExtensions).Assembly.GetName().Version?.ToString(3)))
            .WithTracing(t => t
                .AddSource("Reranker.*", "Microsoft.Orleans.Application")
                .AddAspNetCoreInstrumentation()
                .AddProcessor<CancellationIsNoErrorProcessor>())
            .WithMetrics(m => m
                .AddMeter("Reranker.*", "Microsoft.Orleans")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = HttpSeconds })
                .AddPrometheusExporter());
        builder.Services.AddSingleton<CancellationIsNoErrorProcessor>();
        builder.Services.AddSingleton<IStartCheck>(new CollectorCheck(builder.Configuration, Endpoint));

        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            telemetry.UseOtlpExporter();
        }
    }
}
