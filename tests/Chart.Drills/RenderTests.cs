using Reranker.TestKit;
using Reranker.TestKit.Processes;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>Every value set renders, in both versions of Helm alike, to documents that Kubernetes knows.</summary>
public sealed class RenderTests
{
    public static TheoryData<string> ValueSets => [.. Chart.ValueSets];

    [Fact]
    public void There_are_value_sets_enough() => Assert.True(Chart.ValueSets.Count >= 16);

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task A_value_set_passes_lint_and_renders_alike_in_every_version_of_Helm(string valueSet)
    {
        var rendered = new List<string>();
        foreach (var version in Chart.Helms)
        {
            var (code, output, error) = await Chart.RunHelmAsync(version, ["lint", "--strict", Chart.Folder, "--values", Path.Combine(Chart.Folder, "ci", valueSet)]);
            Assert.True(code == 0, output + error);
            rendered.Add(await Chart.RenderAsync(version, valueSet));
        }

        Assert.Single(rendered.Distinct());
    }

    [Fact]
    public async Task Every_document_of_every_value_set_is_one_that_Kubernetes_takes()
    {
        using var temp = new TempFolder();
        foreach (var valueSet in Chart.ValueSets)
        {
            await File.WriteAllTextAsync(temp[valueSet], await Chart.RenderAsync("4", valueSet), TestContext.Current.CancellationToken);
        }

        var (code, output) = await ValidateAsync([.. Chart.ValueSets.Select(v => temp[v])]);
        Assert.True(code == 0, output);
        Assert.EndsWith("documents, 0 faults", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failureThreshold:", "failureTreshold:", "failureTreshold")]
    [InlineData("whenUnsatisfiable: ScheduleAnyway", "whenUnsatisfiable: Schedule", "whenUnsatisfiable")]
    [InlineData("kind: PodDisruptionBudget", "kind: PodDisruptionBuget", "PodDisruptionBuget")]
    [InlineData("replicas: 2", "replicas: two", "replicas")]
    public async Task A_document_that_Kubernetes_would_refuse_is_found(string right, string wrong, string fault)
    {
        using var temp = new TempFolder();
        var rendered = await Chart.RenderAsync("4", Chart.ValueSets[0]);
        Assert.Contains(right, rendered, StringComparison.Ordinal);
        await File.WriteAllTextAsync(temp["rendered.yaml"], rendered.Replace(right, wrong, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var (code, output) = await ValidateAsync([temp["rendered.yaml"]]);

        Assert.Equal(1, code);
        Assert.Contains(fault, output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task Every_container_is_without_rights_that_it_does_not_need(string valueSet)
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", valueSet));
        var pods = new[] { "Deployment", "StatefulSet", "Job" }.SelectMany(documents.FindAll).Select(static d => RenderedDocuments.FindNode(d, "spec", "template", "spec")!)
            .Concat(documents.FindAll("Pod").Select(static d => RenderedDocuments.FindNode(d, "spec")!)).ToList();

        Assert.NotEmpty(pods);
        Assert.All(pods, static pod =>
        {
            Assert.Equal("true", RenderedDocuments.ReadText(pod, "securityContext", "runAsNonRoot"));
            Assert.Equal("false", RenderedDocuments.ReadText(pod, "automountServiceAccountToken"));
            Assert.Equal("RuntimeDefault", RenderedDocuments.ReadText(pod, "securityContext", "seccompProfile", "type"));
            var containers = new[] { "containers", "initContainers" }.Select(name => RenderedDocuments.FindNode(pod, name)).OfType<YamlSequenceNode>().SelectMany(static c => c);
            Assert.All(containers, static c =>
            {
                Assert.Equal("true", RenderedDocuments.ReadText(c, "securityContext", "readOnlyRootFilesystem"));
                Assert.Equal("false", RenderedDocuments.ReadText(c, "securityContext", "allowPrivilegeEscalation"));
                Assert.Equal("ALL", RenderedDocuments.ReadText(c, "securityContext", "capabilities", "drop", "0"));
                Assert.NotEqual("", RenderedDocuments.ReadText(c, "resources", "limits", "memory"));
            });
        });
    }

    [Theory]
    [InlineData("12-hpa-values.yaml")]
    [InlineData("13-keda-values.yaml")]
    public async Task A_workload_that_is_scaled_by_somebody_else_says_no_number_itself(string valueSet)
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", valueSet));
        var scaled = documents.FindAll("HorizontalPodAutoscaler").Concat(documents.FindAll("ScaledObject")).Select(static d => RenderedDocuments.ReadText(d, "spec", "scaleTargetRef", "name")).ToList();

        Assert.NotEmpty(scaled);
        Assert.All(scaled, name => Assert.Equal("", RenderedDocuments.ReadText(documents.Find("Deployment", name), "spec", "replicas")));
    }

    private static async Task<(int ExitCode, string Output)> ValidateAsync(IReadOnlyList<string> files)
    {
        var folder = Path.Combine(Chart.Tools, "kubernetes-models");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"{folder} is not there: tests/Chart.Drills/install-tools puts it there.");
        await using var process = ProgramProcess.StartTool("node", ["validate.mjs", .. files], workingDirectory: folder);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Error + process.Output);
    }
}
