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

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "reranker.client.duration", "s", "Time from the call to its response, all attempts included.");
}
