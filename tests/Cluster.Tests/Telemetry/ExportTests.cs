using System.Globalization;
using System.Net;
using System.Text;
using Reranker.ClusterKit;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Telemetry;

namespace Reranker.Cluster.Tests.Telemetry;

/// <summary>What a gateway and two silos export from their start to their end, among them one request that is traced, to a collector.</summary>
public sealed class ExportTests(ScriptedModel model) : IClassFixture<ScriptedModel>, IAsyncLifetime
{
    private const string Traced = "0af7651916cd43dd8448eb211c80319c";
    private const string Untraced = "1bf7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private const string Secret = "wherefore art thou";
    private const int MostLines = 400;

    private readonly List<(ProgramProcess Process, Uri Url)> _nodes = [];
    private readonly HttpClient _http = new();
    private readonly int[] _ports = [LoopbackPorts.Take(), LoopbackPorts.Take(), LoopbackPorts.Take(), LoopbackPorts.Take()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _nodes)
        {
            await process.DisposeAsync();
        }

        _http.Dispose();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Collector.Http)]
    [InlineData(Collector.Grpc)]
    public async Task Only_a_users_sampled_request_makes_a_trace_and_it_is_whole_and_every_metric_is_documented(string protocol)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var collector = await Collector.StartAsync(protocol, stop);
        await StartAsync(collector);
        var gateway = _nodes[^1].Url;

        // Polls and load reports go on beside; requests go to both silos, and each scores for the other.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, i % 2 == 0 ? $"00-{Untraced}-{Caller}-00" : null));
            foreach (var (_, url) in _nodes)
            {
                await _http.GetStringAsync(new Uri(url, "/health/ready"), stop);
            }
        }

        Assert.Equal(HttpStatusCode.OK, await ScoreAsync(gateway, $"00-{Traced}-{Caller}-01"));
        var exemplars = string.Join('\n', await Task.WhenAll(_nodes.Select(n => ReadOpenMetricsAsync(n.Url))));
        var pages = await Task.WhenAll(_nodes.Select(n => MetricsPage.ReadAsync(_http, n.Url, stop)));
        foreach (var (process, _) in Enumerable.Reverse(_nodes))
        {
            await process.SignalAsync("TERM");
            Assert.Equal(0, await process.WaitForExitAsync(stop));
        }

        var request = collector.Spans.Where(s => s.Trace == Traced).ToArray();
        var byId = request.ToDictionary(static s => s.Id);
        AssertTree(request, byId);
        var others = collector.Spans.Where(s => s.Trace != Traced).ToArray();
        Assert.NotEmpty(others);
        Assert.All(others, batch =>
        {
            Assert.Equal("batch", batch.Name);
            Assert.All(batch.Links.Where(static l => l.Trace == Traced), link => Assert.Contains("score", ListPath(byId, byId[link.Id])));
            Assert.Contains(batch.Links, static l => l.Trace == Traced);
        });
        AssertExemplars(exemplars, [.. others.Select(static s => s.Trace)]);
        Assert.True(collector.HasExemplar(Traced));
        Assert.False(collector.HasExemplar(Untraced));
        Assert.All(collector.Spans, static s => Assert.DoesNotContain(Secret, s.Text, StringComparison.Ordinal));

        var documented = DocumentedMetrics.Read();
        Assert.All(pages, page =>
        {
            Assert.DoesNotContain(page.Types, t => t.Key != "target_info" && documented.GetValueOrDefault(t.Key) != t.Value);
            Assert.InRange(page.Series.Count, 20, MostLines);
        });
    }

    // One tree below the caller's span: each step has one of the step before it above it.
    private static void AssertTree(Span[] request, Dictionary<string, Span> byId)
    {
        Assert.Equal(Caller, Assert.Single(request, s => !byId.ContainsKey(s.Parent)).Parent);
        (string Above, string Name)[] steps = [("POST /rerank", "rerank"), ("rerank", "plan"), ("rerank", "score")];
        foreach (var (above, name) in steps)
        {
            var spans = request.Where(s => s.Name == name).ToArray();
            Assert.NotEmpty(spans);
            Assert.All(spans, span => Assert.Contains(above, ListPath(byId, span)));
        }
    }

    // What the dashboard shows exemplars of: a time of the request leads to its trace, one of a batch to that of the batch, which links to it.
    private static void AssertExemplars(string page, string[] batches)
    {
        string[] ofRequests = ["reranker_gateway_duration_seconds", "reranker_tokenization_duration_seconds"];
        string[] ofBatches = ["reranker_queue_duration_seconds", "reranker_batch_duration_seconds"];
        Assert.All(ofRequests, metric => Assert.Contains(FindExemplars(page, metric), static trace => trace == Traced));
        Assert.All(ofBatches, metric => Assert.Contains(FindExemplars(page, metric), batches.Contains));
        Assert.DoesNotContain(Untraced, page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> FindExemplars(string page, string histogram) => page.Split('\n')
        .Where(line => line.StartsWith($"{histogram}_bucket{{", StringComparison.Ordinal))
        .Select(static line => line.Split("trace_id=\""))
        .Where(static parts => parts.Length > 1)
        .Select(static parts => parts[1].Split('"')[0]);

    private async Task<string> ReadOpenMetricsAsync(Uri node)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, "/metrics"));
        request.Headers.Add("Accept", "application/openmetrics-text; version=1.0.0");
        using var response = await _http.SendAsync(request, Stop);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    // Names from a span up to the first of its trace.
    private static IEnumerable<string> ListPath(Dictionary<string, Span> byId, Span? span)
    {
        for (; span is not null; span = byId.GetValueOrDefault(span.Parent))
        {
            yield return span.Name;
        }
    }

    private async Task StartAsync(Collector collector)
    {
        for (var silo = 0; silo < 2; silo++)
        {
            await StartAsync(
                collector,
                "Reranker.Silo.dll",
                "--Reranker:Models:0", model.Folder,
                "--Reranker:Engine", "Scripted",
                "--Reranker:Fleet:ReviseInterval", "100ms",
                "--Reranker:Cluster:SiloPort", Text(_ports[silo]),
                "--Reranker:Cluster:GatewayPort", Text(_ports[silo + 2]));
        }

        await StartAsync(
            collector,
            "Reranker.Gateway.dll",
            "--Gateway:FleetPollInterval", "50ms",
            "--Gateway:DrainDelay", "0s",
            "--Reranker:Cluster:GatewayPorts:0", Text(_ports[2]),
            "--Reranker:Cluster:GatewayPorts:1", Text(_ports[3]));
    }

    private async Task StartAsync(Collector collector, string program, params string[] arguments)
    {
        var process = ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, program),
            [.. arguments, "--urls", "http://127.0.0.1:0", "--Reranker:Clustering", "Localhost", "--Reranker:Cluster:PrimarySiloPort", Text(_ports[0])],
            environment: collector.Environment);
        var line = await process.WaitForLineAsync("Now listening on:", Stop);
        var url = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
        _nodes.Add((process, url));
        while (await StatusOfAsync(new Uri(url, "/health/ready")) != HttpStatusCode.OK)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Stop);
        }
    }

    private async Task<HttpStatusCode> StatusOfAsync(Uri url)
    {
        using var response = await _http.GetAsync(url, Stop);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> ScoreAsync(Uri gateway, string? traceParent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/rerank"))
        {
            Content = new StringContent($$"""{"query":"{{Secret}}?","texts":["this","{{Secret}}","another","one more"]}""", Encoding.UTF8, "application/json"),
        };
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        using var response = await _http.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
