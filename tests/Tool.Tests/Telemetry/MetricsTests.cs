using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Reranker.Client.Telemetry;
using Reranker.Gateway.Telemetry;
using Reranker.Grains.Telemetry;
using Reranker.Inference.Telemetry;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.TestKit.Telemetry;

namespace Reranker.Tool.Tests.Telemetry;

/// <summary>What a running program shows at <c>/metrics</c>, and writes to its log, after every kind of request.</summary>
public sealed partial class MetricsTests(MeasuredServer server) : IClassFixture<MeasuredServer>
{
    private const int MostLines = 450;

    // The first bound at most, the last one at least: from a batch of 0.2 ms to a request of a minute.
    private static readonly Dictionary<string, (double First, double Last)> Seconds = new()
    {
        ["reranker_batch_duration_seconds"] = (0.0002, 5),
        ["reranker_queue_duration_seconds"] = (0.001, 60),
        ["reranker_tokenization_duration_seconds"] = (0.0002, 30),
        ["reranker_request_duration_seconds"] = (0.001, 60),
        ["reranker_client_duration_seconds"] = (0.001, 60),
        ["reranker_gateway_duration_seconds"] = (0.001, 60),
        ["http_server_request_duration_seconds"] = (0.001, 60),
    };

    [Fact]
    public void Every_histogram_of_times_has_bounds_that_fit_what_it_measures()
    {
        var times = server.Page.Types.Where(t => t.Value == "histogram" && t.Key.EndsWith("seconds", StringComparison.Ordinal)).Select(t => t.Key);
        Assert.Equal(Seconds.Keys.Order(), times.Order());
        foreach (var (name, (first, last)) in Seconds)
        {
            var bounds = server.Page.Bounds(name);
            Assert.True(bounds.Length >= 10 && bounds[0] <= first && bounds[^1] >= last, $"{name}: {string.Join(' ', bounds)}");
            Assert.All(bounds.Zip(bounds.Skip(1)), b => Assert.True(b.Second <= 10 * b.First, $"{name}: nothing between {b.First} and {b.Second}"));
        }
    }

    [Fact]
    public void Every_metric_that_is_exported_is_documented()
    {
        var documented = DocumentedMetrics.Read();
        Assert.DoesNotContain(server.Page.Types, t => t.Key != "target_info" && documented.GetValueOrDefault(t.Key) != t.Value);
    }

    [Fact]
    public void Every_metric_that_is_documented_can_be_exported_and_the_other_way_round()
    {
        var instruments = FindInstruments();
        instruments.UnionWith(server.Page.Types.Keys.Where(t => t != "target_info").Select(WithoutUnit));
        Assert.Equal(DocumentedMetrics.Read().Keys.Select(WithoutUnit).Order(), instruments.Order());
    }

    [Fact]
    public void One_worker_that_was_asked_for_everything_has_a_bounded_number_of_lines()
        => Assert.InRange(server.Page.Series.Count, 100, MostLines);

    [Fact]
    public void Probes_and_the_reading_of_metrics_are_not_measured()
    {
        var routes = server.Page.Series.Where(l => l.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)).ToArray();
        Assert.Contains(routes, l => l.Contains("\"/v2/rerank\"", StringComparison.Ordinal));
        Assert.DoesNotContain(routes, l => ProbeRoute().IsMatch(l));
    }

    [Fact]
    public void A_flood_of_refusals_is_some_lines_and_a_count_of_the_others()
    {
        var refused = server.Page.Series
            .Where(l => l.StartsWith("reranker_gateway_requests_total{", StringComparison.Ordinal) && !l.Contains("\"Ok\"", StringComparison.Ordinal))
            .Sum(l => int.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        var written = Refusal().Count(server.Log);
        var counted = LeftOut().Matches(server.Log).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.True(refused > MeasuredServer.Flood, $"{refused} were refused");
        Assert.Equal(refused, written + counted);
        Assert.True(counted > 0, "all of a flood was written");
    }

    private static HashSet<string> FindInstruments()
    {
        var found = new HashSet<string>(ExportedMetrics.NamesOfLibraries.Select(Prometheus));
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("Reranker.", StringComparison.Ordinal))
                {
                    found.Add(Prometheus(instrument.Name));
                }
            },
        };
        listener.Start();
        Assembly[] rooms =
        [
            typeof(GatewayTelemetry).Assembly,
            typeof(ClientTelemetry).Assembly,
            typeof(GrainsTelemetry).Assembly,
            typeof(InferenceTelemetry).Assembly,
            typeof(ClusterTelemetry).Assembly,
        ];
        foreach (var type in rooms.SelectMany(r => r.GetTypes()).Where(HoldsInstruments))
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        return found;
    }

    private static bool HoldsInstruments(Type type)
        => !type.ContainsGenericParameters
            && type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(f => f.FieldType.IsAssignableTo(typeof(Instrument)));

    private static string Prometheus(string instrument) => instrument.Replace('.', '_').Replace('-', '_');

    private static string WithoutUnit(string metric) => Unit().Replace(metric, "");

    [GeneratedRegex("(_seconds|_bytes)?(_total)?$")]
    private static partial Regex Unit();

    [GeneratedRegex("http_route=\"(/metrics|/health|/v1/health|/ping|/\")")]
    private static partial Regex ProbeRoute();

    [GeneratedRegex(@"got no scores: \w+, status 4")]
    private static partial Regex Refusal();

    [GeneratedRegex("([0-9]+) more lines of event 4001 ")]
    private static partial Regex LeftOut();
}
