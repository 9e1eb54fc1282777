using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills;

/// <summary>
/// A real Prometheus with the chart's rules, whose times are a thirtieth of what they are: windows of five minutes are ten seconds, so
/// that a drill sees in a minute what takes half an hour.
/// </summary>
internal sealed partial class PrometheusServer : IAsyncDisposable
{
    private const int Hurry = 30;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPorts.Take();
    private ProgramProcess? _process;

    /// <summary>Starts it on the metrics of some processes.</summary>
    /// <param name="rules">Groups of rules, as YAML.</param>
    /// <param name="asked">Whom it asks, every second.</param>
    public static async Task<PrometheusServer> StartAsync(string rules, IEnumerable<Uri> asked)
    {
        var server = new PrometheusServer();
        await File.WriteAllTextAsync(server._folder["rules.yaml"], HurryTimes(rules), TestContext.Current.CancellationToken);
        var targets = string.Join(", ", asked.Select(static n => $"'{n.Authority}'"));
        await File.WriteAllTextAsync(
            server._folder["prometheus.yaml"],
            $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [rules.yaml]
            scrape_configs: [{job_name: reranker, static_configs: [{targets: [{{targets}}]}]}]
            """,
            TestContext.Current.CancellationToken);
        server._process = ProgramProcess.StartTool(
            "prometheus",
            [
                $"--config.file={server._folder["prometheus.yaml"]}", $"--storage.tsdb.path={server._folder["data"]}",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{server._port}"),
            ],
            workingDirectory: server._folder[""]);
        await server.WaitForSeriesAsync("reranker:workers:ready > 0", TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Waits until an alert fires.</summary>
    /// <returns>Address of its runbook.</returns>
    public async Task<string> WaitForAlertAsync(string alert, CancellationToken cancellationToken)
    {
        while (true)
        {
            Assert.False(_process!.HasExited, _process.Error);
            if ((await ListFiringAsync(cancellationToken)).FirstOrDefault(a => a.Name == alert) is { Runbook: { } runbook })
            {
                return runbook;
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Waits until the rules have been worked out so many times.</summary>
    public async Task WaitForEvaluationsAsync(int times, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await WaitForSeriesAsync(string.Create(CultureInfo.InvariantCulture, $"vector(time()) > {since + times} and on () reranker:workers:ready > 0"), cancellationToken);
    }

    /// <summary>The alerts that fire now.</summary>
    public async Task<IReadOnlyList<(string Name, string? Runbook)>> ListFiringAsync(CancellationToken cancellationToken)
    {
        using var reply = await AskAsync("alerts", cancellationToken);
        return
        [
            .. reply.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray()
                .Where(static a => a.GetProperty("state").GetString() == "firing")
                .Select(static a => (a.GetProperty("labels").GetProperty("alertname").GetString()!, a.GetProperty("annotations").GetProperty("runbook_url").GetString())),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
        _folder.Dispose();
    }

    // What a drill is about must have been seen while it was still whole.
    private async Task WaitForSeriesAsync(string expression, CancellationToken cancellationToken)
    {
        while (true)
        {
            Assert.False(_process!.HasExited, _process.Error);
            try
            {
                using var reply = await AskAsync($"query?query={Uri.EscapeDataString(expression)}", cancellationToken);
                if (reply.RootElement.GetProperty("data").GetProperty("result").GetArrayLength() > 0)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    private async Task<JsonDocument> AskAsync(string path, CancellationToken cancellationToken)
        => JsonDocument.Parse(await _http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/api/v1/{path}")), cancellationToken));

    private static string HurryTimes(string rules) => Duration().Replace(
        rules, static m => string.Create(CultureInfo.InvariantCulture, $"{m.Groups[1].Value}{Math.Max(1, int.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture) * ToSeconds(m.Groups[3].Value) / Hurry)}s"));

    private static int ToSeconds(string unit) => unit switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86_400 };

    // Windows in brackets, and how long an alert must hold.
    [GeneratedRegex(@"(\[|for: )(\d+)([smhd])(?=\]|\s)")]
    private static partial Regex Duration();
}
