using Reranker.TestKit.Processes;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>The chart of this repository and the versions of Helm that it is checked with. A missing program is a failure, not a skip.</summary>
internal static class Chart
{
    /// <summary>Folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Versions of Helm.</summary>
    public static IReadOnlyList<string> Helms { get; } = ["4", "3"];

    /// <summary>Folder of the chart.</summary>
    public static string Folder { get; } = Path.Combine(Root, "helm", "reranker");

    /// <summary>Value sets that must render, by file name.</summary>
    public static IReadOnlyList<string> ValueSets { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Select(static f => Path.GetFileName(f)).Order()];

    /// <summary>What <c>install-tools</c> has put there.</summary>
    public static string Tools { get; } = Path.Combine(Root, "artifacts", "tools");

    /// <summary>Runs Helm.</summary>
    /// <returns>Exit code, standard output and standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunHelmAsync(string version, params IEnumerable<string> arguments)
    {
        var helm = Path.Combine(Tools, $"helm-{version}", "helm");
        Assert.True(File.Exists(helm), $"{helm} is not there: tests/Chart.Drills/install-tools puts it there.");
        await using var process = ProgramProcess.StartTool(helm, arguments);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Output, process.Error);
    }

    /// <summary>Renders a value set, with further arguments of Helm.</summary>
    public static async Task<string> RenderAsync(string version, string valueSet, params IEnumerable<string> arguments)
    {
        var (code, output, error) = await RunHelmAsync(
            version, ["template", "search", Folder, "--namespace", "search", "--values", Path.Combine(Folder, "ci", valueSet), .. arguments]);
        Assert.True(code == 0, error);
        return output;
    }

    /// <summary>Groups of rules, as the chart renders them for a Prometheus that has this release alone.</summary>
    public static async Task<string> RenderRulesAsync()
    {
        var rendered = await RenderAsync(
            "4", "01-default-values.yaml", "--set", "monitoring.rules.enabled=true,monitoring.rules.matchers=none", "--show-only", "templates/monitoring/rules.yaml");
        var rule = new RenderedDocuments(rendered).FindAll("PrometheusRule").Single();
        await using var writer = new StringWriter();
        new YamlStream(new YamlDocument(RenderedDocuments.FindNode(rule, "spec")!)).Save(writer, assignAnchors: false);
        return writer.ToString();
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Reranker.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the program.");
        }

        return folder;
    }
}
