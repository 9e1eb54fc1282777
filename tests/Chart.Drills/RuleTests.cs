using System.Text.Json;
using System.Text.RegularExpressions;
using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Telemetry;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>What the chart gives to Prometheus and Grafana, by Prometheus's own tool, which must be installed.</summary>
public sealed partial class RuleTests
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    private static string Here { get; } = Path.GetFullPath(Path.Combine(Chart.Folder, "..", "..", "tests", "Chart.Drills", "monitoring"));

    [Theory]
    [InlineData("rules-tests.yaml")]
    [InlineData("scaled-rules-tests.yaml", "--set-json", "monitoring.rules.latencyObjective=0.9", "--set", "monitoring.serviceMonitor.enabled=true,silo.autoscaling.kind=hpa")]
    public async Task Every_alert_fires_for_its_cause_and_not_over_a_healthy_fleet(string file, params string[] arguments)
    {
        using var temp = new TempFolder();
        await WriteRulesAsync(temp["rules.yaml"], arguments);
        File.Copy(Path.Combine(Here, file), temp[file]);

        var (code, output) = await RunPromtoolAsync("test", "rules", temp[file]);

        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("monitoring.rules.matchers=none")]
    [InlineData("monitoring.rules.latencySeconds=1")]
    [InlineData("monitoring.rules.matchers=job=~\"search-.*\"\\,cluster=\"eu\"")]
    public async Task Rules_of_other_values_are_rules_too(string value)
    {
        using var temp = new TempFolder();
        await WriteRulesAsync(temp["rules.yaml"], "--set", value);

        var (code, output) = await RunPromtoolAsync("check", "rules", temp["rules.yaml"]);

        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task An_alert_has_a_test_in_which_it_fires_and_a_runbook_that_exists()
    {
        var tests = await File.ReadAllTextAsync(Path.Combine(Here, "rules-tests.yaml"), TestContext.Current.CancellationToken);
        var runbook = await File.ReadAllTextAsync(Path.Combine(Chart.Folder, "..", "..", "docs", "operations.md"), TestContext.Current.CancellationToken);
        var anchors = runbook.Split('\n').Where(static l => l.StartsWith("##", StringComparison.Ordinal)).Select(ToAnchor).ToHashSet();
        var alerts = (await ListRulesAsync()).Where(static r => RenderedDocuments.FindNode(r, "alert") is not null).ToList();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, rule =>
        {
            var name = RenderedDocuments.ReadText(rule, "alert");
            Assert.Matches($@"alertname: {name}\s+exp_alerts:\s+- exp_labels", tests);
            Assert.Contains(RenderedDocuments.ReadText(rule, "annotations", "runbook_url").Split('#')[1], anchors);
        });
    }

    [Fact]
    public async Task Rules_and_dashboard_ask_for_metrics_that_exist()
    {
        var rules = await ListRulesAsync();
        var known = DocumentedMetrics.Read().Keys.Concat(rules.Select(static r => RenderedDocuments.ReadText(r, "record"))).ToHashSet();
        var expressions = rules.Select(static r => RenderedDocuments.ReadText(r, "expr")).Concat(await ListPanelExpressionsAsync()).ToList();

        var unknown = expressions.SelectMany(static e => Metric().Matches(e)).Select(static m => m.Value).Where(m => !known.Contains(m) && !known.Contains(CutSuffix(m))).Distinct();

        Assert.True(expressions.Count > 60);
        Assert.Empty(unknown);
    }

    [Fact]
    public async Task Every_expression_of_the_dashboard_is_one_that_Prometheus_reads()
    {
        using var temp = new TempFolder();
        var expressions = (await ListPanelExpressionsAsync()).Select(static e => e.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$__range", "1h", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(
            temp["panels.yaml"], ["groups: [{name: panels, rules: [", .. expressions.Select(static (e, i) => $"{{record: \"panel:{i}\", expr: {JsonSerializer.Serialize(e)}}},"), "]}]"],
            TestContext.Current.CancellationToken);

        var (code, output) = await RunPromtoolAsync("check", "rules", temp["panels.yaml"]);

        Assert.True(code == 0, output);
    }

    private static async Task<List<YamlNode>> ListRulesAsync()
    {
        var rule = new RenderedDocuments(await RenderRulesAsync()).FindAll("PrometheusRule").Single();
        var groups = (YamlSequenceNode)RenderedDocuments.FindNode(rule, "spec", "groups")!;
        return [.. groups.SelectMany(static g => (YamlSequenceNode)RenderedDocuments.FindNode(g, "rules")!)];
    }

    private static async Task<List<string>> ListPanelExpressionsAsync()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Chart.Folder, "files", "dashboard.json"), TestContext.Current.CancellationToken));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(static p => p.TryGetProperty("targets", out _))
                .SelectMany(static p => p.GetProperty("targets").EnumerateArray()).Select(static t => t.GetProperty("expr").GetString()!),
        ];
    }

    private static async Task WriteRulesAsync(string file, params string[] arguments)
    {
        var rule = new RenderedDocuments(await RenderRulesAsync(arguments)).FindAll("PrometheusRule").Single();
        await using var writer = File.CreateText(file);
        new YamlStream(new YamlDocument(RenderedDocuments.FindNode(rule, "spec")!)).Save(writer, assignAnchors: false);
    }

    private static Task<string> RenderRulesAsync(params string[] arguments)
        => Chart.RenderAsync("4", "01-default-values.yaml", ["--set", "monitoring.rules.enabled=true", "--show-only", "templates/monitoring/rules.yaml", .. arguments]);

    private static async Task<(int Code, string Output)> RunPromtoolAsync(params string[] arguments)
    {
        await using var process = ProgramProcess.StartTool("promtool", arguments);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Output + process.Error);
    }

    private static string CutSuffix(string metric) => Suffixes.FirstOrDefault(s => metric.EndsWith(s, StringComparison.Ordinal)) is { } suffix ? metric[..^suffix.Length] : metric;

    // As renderers of Markdown make them.
    private static string ToAnchor(string heading) => NoWord().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    // What an equals sign follows is a label.
    [GeneratedRegex("\\b(reranker|orleans|dotnet|kestrel|http)[_:][a-z0-9_:]+\\b(?!=\")")]
    private static partial Regex Metric();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NoWord();
}
