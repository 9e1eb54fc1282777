using Reranker.ClusterKit;
using Reranker.ClusterKit.Certificates;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills;

/// <summary>What the chart renders is what the programs understand: they refuse a setting that they do not know.</summary>
public sealed class RenderedSettingsTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    public static TheoryData<string> ValueSets => [.. Chart.ValueSets];

    [Theory]
    [MemberData(nameof(ValueSets))]
    public async Task The_programs_take_every_rendered_setting(string valueSet)
    {
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", valueSet));
        foreach (var workload in documents.FindAll("Deployment"))
        {
            var program = RenderedDocuments.ReadText(workload, "metadata", "labels", "app.kubernetes.io/component") == "gateway" ? "Reranker.Gateway.dll" : "Reranker.Silo.dll";
            var variables = new RenderedPod(workload).ReadEnvironment(new AnySecret());
            if (program == "Reranker.Silo.dll")
            {
                // The root is read-only. What a start measured, and what the driver compiled, lies here.
                var writable = new RenderedPod(workload).ListWritableMounts().ToList();
                Assert.All(
                    (string[])["XDG_CACHE_HOME", "CUDA_CACHE_PATH"],
                    name => Assert.Contains(writable, mount => variables[name].StartsWith(mount + "/", StringComparison.Ordinal)));
            }

            foreach (var folder in variables.Where(static v => v.Value.StartsWith("/models", StringComparison.Ordinal) || v.Value.StartsWith("/app/models", StringComparison.Ordinal)).ToList())
            {
                variables[folder.Key] = model.Folder;
            }

            using var certificates = new ClusterCertificates();
            foreach (var file in variables.Where(static v => v.Value.StartsWith("/tls/", StringComparison.Ordinal)).ToList())
            {
                Assert.NotNull(new RenderedPod(workload).FindSecretOf(file.Value));
                variables[file.Key] = certificates.GetVariables(program == "Reranker.Silo.dll")[file.Key];
            }

            await using var process = ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, program), ["--print-config"], environment: variables);
            var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(code == 0, $"{RenderedDocuments.ReadText(workload, "metadata", "name")}: {process.Error}");
        }
    }
}
