using System.Text.RegularExpressions;
using Reranker.TestKit;
using Reranker.TestKit.Hub;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>The import job with <c>model.source: hub</c>, run as the kubelet would run its container, against a hub on loopback.</summary>
public sealed partial class HubImportDrills
{
    private const string Model = "BAAI/bge-reranker-v2-m3";
    private const string ValueSet = "23-hub-values.yaml";

    [Fact]
    public async Task The_rendered_job_fetches_imports_verifies_and_keeps_what_is_there()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var temp = new TempFolder();
        await using var hub = await LocalHub.StartAsync(cancellation);
        TinyCheckpoints.Write(temp["source"], TinyCheckpoints.Shape(), seed: 1);
        var commit = hub.Publish(Model, temp["source"]);
        hub.Misbehave = static call => call is { IsStorage: false, Authorization: not "Bearer a-token-of-this-drill" }
            ? HubFault.FromStatus(System.Net.HttpStatusCode.Unauthorized)
            : null;
        Directory.CreateDirectory(temp["models"]);

        var (code, _, error) = await RunJobAsync(temp, hub, commit);
        Assert.True(code == 0, error);
        var manifest = await File.ReadAllTextAsync(Path.Combine(temp["models"], "v2-m3-int8", "manifest.json"), cancellation);
        Assert.Matches("\"name\": ?\"v2-m3\"", manifest);
        Assert.Contains("\"int8\"", manifest, StringComparison.Ordinal);

        // Again, without anything that was downloaded: it is looked at and not made anew.
        Directory.Delete(temp["checkpoint"], recursive: true);
        var calls = hub.Calls.Count;
        var (again, output, told) = await RunJobAsync(temp, hub, commit);
        Assert.True(again == 0, told);
        Assert.Contains("files whole", output, StringComparison.Ordinal);
        Assert.Equal(calls, hub.Calls.Count);

        // Another revision is not served under the folder of the one before.
        var (refused, _, sentence) = await RunJobAsync(temp, hub, "v1");
        Assert.NotEqual(0, refused);
        Assert.Contains($"was made of {Model}@{commit}, and not of {Model}@v1", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_job_may_reach_the_hub_and_nothing_else()
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", ValueSet));
        var policy = documents.Find("NetworkPolicy", "-import");
        var job = documents.FindAll("Job").Single();

        Assert.Equal("import", RenderedDocuments.ReadText(policy, "spec", "podSelector", "matchLabels", "app.kubernetes.io/component"));
        Assert.Equal("import", RenderedDocuments.ReadText(job, "spec", "template", "metadata", "labels", "app.kubernetes.io/component"));
        var egress = Assert.IsType<YamlSequenceNode>(RenderedDocuments.FindNode(policy, "spec", "egress"));
        Assert.Equal(["53", "443"], egress.Select(static rule => RenderedDocuments.ReadText(rule, "ports", "0", "port")));
        Assert.Empty(Assert.IsType<YamlSequenceNode>(RenderedDocuments.FindNode(policy, "spec", "ingress")));
    }

    private static async Task<(int Code, string Output, string Error)> RunJobAsync(TempFolder temp, LocalHub hub, string revision)
    {
        var rendered = await Chart.RenderAsync("4", ValueSet, "--set", $"model.hub.endpoint={hub.Endpoint.AbsoluteUri},model.hub.revision={revision}");
        var job = new RenderedDocuments(rendered).FindAll("Job").Single();
        var container = RenderedDocuments.FindNode(job, "spec", "template", "spec", "containers", "0")!;
        string[] line = [.. new[] { "command", "args" }.SelectMany(part => (YamlSequenceNode)RenderedDocuments.FindNode(container, part)!).Select(static n => ((YamlScalarNode)n).Value!)];
        var environment = new RenderedPod(job).ReadEnvironment(new Dictionary<string, string> { ["hub/token"] = "a-token-of-this-drill" });

        // What is of the image and of its volumes is this machine's.
        string Place(string text) => MountedPath().Replace(text, path => path.Value switch
        {
            "/app/reranker" => $"dotnet {Path.Combine(AppContext.BaseDirectory, "reranker.dll")}",
            _ => temp.Path + path.Value,
        });
        await using var process = ProgramProcess.StartTool(
            line[0], line[1..].Select(Place), environment: environment.ToDictionary(static v => v.Key, v => Place(v.Value)));
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Output, process.Error);
    }

    [GeneratedRegex("(?<![A-Za-z0-9.:/])/(app/reranker|models|checkpoint)(?=[/\" ]|$)")]
    private static partial Regex MountedPath();
}
