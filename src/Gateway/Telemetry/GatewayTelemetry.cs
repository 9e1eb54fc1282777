using System.Diagnostics.Metrics;

namespace Reranker.Gateway.Telemetry;

/// <summary>Names under which this assembly reports.</summary>
public static class GatewayTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Reranker.Gateway";

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "reranker.gateway.requests", "{request}", "Requests by dialect, status and outcome.");

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "reranker.gateway.duration",
        "s",
        "Time from the request's headers to its reply, by result.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });

    internal static readonly Counter<long> Passages = Meter.CreateCounter<long>(
        "reranker.gateway.passages", "{passage}", "Passages of answered requests.");

    internal static readonly Counter<long> TruncatedPassages = Meter.CreateCounter<long>(
        "reranker.gateway.truncated_passages", "{passage}", "Passages of which the model did not read everything.");

    internal static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "reranker.gateway.tokens", "{token}", "Tokens the model read for answered requests.");

    internal static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>(
        "reranker.gateway.active_requests", "{request}", "Requests in progress.");

    internal static readonly Counter<long> TenantRequests = Meter.CreateCounter<long>(
        "reranker.gateway.tenant.requests", "{request}", "Requests of a tenant that were scored, refused by its own limits, or failed otherwise.");

    internal static readonly Counter<long> TenantPairs = Meter.CreateCounter<long>(
        "reranker.gateway.tenant.pairs", "{pair}", "Pairs that were scored for a tenant.");

    internal static readonly Counter<long> TenantTokens = Meter.CreateCounter<long>(
        "reranker.gateway.tenant.tokens", "{token}", "Tokens that the model read for a tenant.");

    private static int _keyFileBroken;

    static GatewayTelemetry() => Meter.CreateObservableGauge(
        "reranker.gateway.key_file_broken", static () => Volatile.Read(ref _keyFileBroken), "{file}", "1 while the file of keys is broken and the keys of before count.");

    internal static void SetKeyFileBroken(bool isBroken) => Volatile.Write(ref _keyFileBroken, isBroken ? 1 : 0);
}
