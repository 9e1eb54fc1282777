using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Reranker.Client.Telemetry;

/// <summary>Names under which this assembly reports.</summary>
public static class ClientTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Reranker.Client";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "reranker.client.requests", "{request}", "Requests by outcome.");

    internal static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "reranker.client.attempts", "{attempt}", "Attempts by the reason for which they were started.");

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "reranker.client.duration",
        "s",
        "Time from the call to its response, all attempts included.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });
}
