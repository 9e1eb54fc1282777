using System.Text.RegularExpressions;
using Reranker.ClusterKit;
using Reranker.TestKit.Processes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>The compose files of one machine: what they say to the programs is what these understand, and what they build there is.</summary>
public sealed partial class ComposeTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private static readonly string Deploy = Path.Combine(Chart.Folder, "..", "..", "deploy");

    [Theory]
    [InlineData("silo", "Reranker.Silo.dll", "compose.yaml")]
    [InlineData("silo", "Reranker.Silo.dll", "compose.yaml", "compose.gpu.yaml")]
    [InlineData("gateway", "Reranker.Gateway.dll", "compose.yaml")]
    public async Task The_programs_take_every_setting(string service, string program, params string[] files)
    {
        var variables = new Dictionary<string, string>();
        foreach (var file in files)
        {
            foreach (var (name, value) in (YamlMappingNode)RenderedDocuments.FindNode(Load(file), "services", service, "environment")!)
            {
                variables[RenderedDocuments.ReadText(name)] = Substitution().Replace(RenderedDocuments.ReadText(value), "");
            }
        }

        Assert.Equal("store:6379", variables["Reranker__Cluster__ConnectionString"]);
        if (variables.ContainsKey("Reranker__Models__0"))
        {
            variables["Reranker__Models__0"] = model.Folder;
        }

        await using var process = ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, program), ["--print-config"], environment: variables);

        Assert.True(await process.WaitForExitAsync(TestContext.Current.CancellationToken) == 0, process.Error);
    }

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.gpu.yaml")]
    public void What_is_built_is_a_target_of_the_Dockerfile_and_every_volume_is_declared(string file)
    {
        var root = Load(file);
        var targets = Target().Matches(File.ReadAllText(Path.Combine(Deploy, "Dockerfile"))).Select(static m => m.Groups[1].Value).ToArray();
        foreach (var (name, service) in (YamlMappingNode)RenderedDocuments.FindNode(root, "services")!)
        {
            if (RenderedDocuments.FindNode(service, "build") is { } build)
            {
                Assert.Contains(RenderedDocuments.ReadText(build, "target"), targets);
            }

            foreach (var volume in (RenderedDocuments.FindNode(service, "volumes") as YamlSequenceNode)?.Select(static v => RenderedDocuments.ReadText(v)) ?? [])
            {
                var source = volume.Split(':')[0];
                Assert.True(source.StartsWith('$') || RenderedDocuments.FindNode(root, "volumes", source) is not null, $"{RenderedDocuments.ReadText(name)}: {volume}");
            }
        }
    }

    private static YamlNode Load(string file)
    {
        using var text = new StreamReader(Path.Combine(Deploy, file));
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(text)));
        return stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Substitution();

    [GeneratedRegex("^FROM .* AS ([a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Target();
}
