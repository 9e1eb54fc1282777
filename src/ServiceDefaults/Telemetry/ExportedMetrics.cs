using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>
/// Which metrics leave the process: all of ours, and of the libraries' what an operator of this system acts on. Orleans, the web
/// server and the runtime have some 150 more, and a new release may add to them; one that is wanted is named here and in
/// <c>docs/metrics.md</c>.
/// </summary>
internal static class ExportedMetrics
{
    /// <summary>Meters that are listened to.</summary>
    public static readonly string[] Meters =
        [OwnMeters, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private const string OwnMeters = "Reranker.*";
    private const string OwnPrefix = "Reranker.";

    private static readonly MetricStreamConfiguration AsItIs = new();

    // Without labels that multiply what nobody compares, or that have an address of every silo there ever was.
    private static readonly MetricStreamConfiguration Summed = new() { TagKeys = [] };

    private static readonly Dictionary<string, MetricStreamConfiguration> OfLibraries = new()
    {
        ["http.server.request.duration"] = new ExplicitBucketHistogramConfiguration
        {
            // What became of scoring requests is told by metrics of ours, with the time of answers and refusals apart.
            Boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
            TagKeys = ["http.route"],
        },
        ["http.server.active_requests"] = Summed,
        ["kestrel.active_connections"] = Summed,
        ["kestrel.rejected_connections"] = Summed,

        ["orleans-app-requests-timedout"] = AsItIs,
        ["orleans-client-connected-gateways"] = AsItIs,
        ["orleans-gateway-connected-clients"] = AsItIs,
        ["orleans-messaging-expired"] = Summed,
        ["orleans-messaging-pings-reply-missed"] = Summed,
        ["orleans-messaging-rejected"] = Summed,
        ["orleans-messaging-sent-dropped"] = Summed,
        ["orleans-messaging-sent-failed"] = Summed,
        ["orleans-networking-sockets-closed"] = Summed,
        ["orleans-networking-sockets-opened"] = Summed,
        ["orleans-scheduler-long-running-turns"] = AsItIs,

        ["dotnet.exceptions"] = AsItIs,
        ["dotnet.gc.collections"] = AsItIs,
        ["dotnet.gc.heap.total_allocated"] = AsItIs,
        ["dotnet.gc.last_collection.heap.size"] = AsItIs,
        ["dotnet.gc.last_collection.memory.committed_size"] = AsItIs,
        ["dotnet.gc.pause.time"] = AsItIs,
        ["dotnet.monitor.lock_contentions"] = AsItIs,
        ["dotnet.process.cpu.time"] = AsItIs,
        ["dotnet.process.memory.working_set"] = AsItIs,
        ["dotnet.thread_pool.queue.length"] = AsItIs,
        ["dotnet.thread_pool.thread.count"] = AsItIs,
    };

    /// <summary>Names of the libraries' instruments that are exported.</summary>
    public static IReadOnlyCollection<string> NamesOfLibraries => OfLibraries.Keys;

    /// <summary>How an instrument is exported; null: as its library advises.</summary>
    public static MetricStreamConfiguration? SelectStream(Instrument instrument)
        => instrument.Meter.Name.StartsWith(OwnPrefix, StringComparison.Ordinal) ? null
            : !OfLibraries.TryGetValue(instrument.Name, out var stream) ? MetricStreamConfiguration.Drop
            : ReferenceEquals(stream, AsItIs) ? null
            : stream;
}
