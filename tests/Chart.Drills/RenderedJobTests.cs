using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;
using YamlDotNet.RepresentationModel;

namespace Reranker.Chart.Drills;

/// <summary>The commands of the chart's jobs, run with the real <c>reranker</c>: folders of containers are folders of a test.</summary>
public sealed class RenderedJobTests : IDisposable
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "reranker.dll");
    private static readonly string[] Folders = ["engines", "models", "checkpoint"];

    private readonly TempFolder _temp = new();

    public RenderedJobTests() => Array.ForEach(Folders, folder => Directory.CreateDirectory(_temp[folder]));

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_job_that_imports_makes_the_model_that_silos_wait_for_and_checks_it_when_it_runs_again()
    {
        TinyCheckpoints.Write(Path.Combine(_temp["checkpoint"], "bge-reranker-v2-m3"), TinyCheckpoints.Shape(positions: 258), seed: 1);

        var first = await RunJobAsync("06-import-and-build-values.yaml", "-import-");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.True(File.Exists(Path.Combine(_temp["models"], "v2-m3-fp16", "manifest.json")));
        var second = await RunJobAsync("06-import-and-build-values.yaml", "-import-");
        Assert.True(second.ExitCode == 0, second.Error);
    }

    [Theory]
    [InlineData("bge-reranker-v2-m3-fp16", "fp16")]
    [InlineData("bge-reranker-v2-m3-fp16", "int8-qdq", "--set", "model.precision=int8-qdq")]
    public async Task The_job_that_builds_engines_gets_as_far_as_a_machine_without_a_GPU_lets_it(string folder, string precision, params string[] arguments)
    {
        TinyCheckpoints.Write(Path.Combine(_temp["checkpoint"], "tiny"), TinyCheckpoints.Shape(positions: 514), seed: 1);
        await using var import = ProgramProcess.Start(
            Tool, ["import", Path.Combine(_temp["checkpoint"], "tiny"), "--precision", precision, "--out", Path.Combine(_temp["models"], folder)]);
        Assert.True(await import.WaitForExitAsync(TestContext.Current.CancellationToken) == 0, import.Error);

        var (code, error) = await RunJobAsync("04-tensorrt-built-ahead-values.yaml", "-engine-", arguments);

        // 2 would be a command line that it does not understand.
        Assert.Equal(1, code);
        Assert.Contains("The TensorRt engine is not available", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_temp["engines"], ".built-*"));
    }

    private async Task<(int ExitCode, string Error)> RunJobAsync(string valueSet, string name, params string[] arguments)
    {
        var job = new RenderedDocuments(await Chart.RenderAsync("4", valueSet, arguments)).FindAll("Job")
            .Single(j => RenderedDocuments.ReadText(j, "metadata", "name").Contains(name, StringComparison.Ordinal));
        var command = ((string[])["command", "args"])
            .SelectMany(key => (YamlSequenceNode)RenderedDocuments.FindNode(job, "spec", "template", "spec", "containers", "0", key)!)
            .Select(a => FindHere(RenderedDocuments.ReadText(a)))
            .ToArray();
        await using var process = ProgramProcess.StartTool(command[0], command[1..]);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Error);
    }

    private string FindHere(string text) => Folders.Aggregate(
        text.Replace("/app/reranker ", $"dotnet '{Tool}' ", StringComparison.Ordinal),
        (t, folder) => t.Replace($"/{folder}/", $"{_temp[folder]}/", StringComparison.Ordinal).Replace($"/{folder} ", $"{_temp[folder]} ", StringComparison.Ordinal));
}
