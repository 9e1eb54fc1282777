using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills.Images;

/// <summary>
/// Runs the stages of the Dockerfile that build: its own commands, in a copy of the repository at the path that they expect. Each is
/// run once; unlike Docker's, a later one finds what an earlier one compiled, which makes it quick and changes no file.
/// </summary>
public sealed class ImageBuild : IAsyncDisposable
{
    // Compilers and builders stay, to be quick the next time, and with them the sandbox.
    private const string EndServers = "trap 'dotnet build-server shutdown' EXIT";

    private readonly TempFolder _temp = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, Task<string>> _stages = [];
    private bool _hasSource;

    internal Dockerfile Dockerfile { get; } = Dockerfile.Read();

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        _temp.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a stage unless it was; one that failed fails whoever asks for it.</summary>
    /// <returns>Folder with what it left in <c>/out</c>.</returns>
    internal async Task<string> RunStageAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_stages.TryGetValue(name, out var stage))
            {
                _stages[name] = stage = RunCommandsAsync(Dockerfile.Stages[name], cancellationToken);
            }

            return await stage;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> RunCommandsAsync(DockerStage stage, CancellationToken cancellationToken)
    {
        var source = Dockerfile.Stages[stage.Base];
        Assert.Equal([". .", "/src"], [source.FindAll("COPY").Single(), source.FindAll("WORKDIR").Single()]);
        await CopySourceAsync(cancellationToken);
        var output = Directory.CreateDirectory(_temp[stage.Name]).FullName;
        var environment = source.FindAll("ENV").SelectMany(static e => e.Split(' ')).Select(Dockerfile.SplitPair).ToDictionary();

        // Whoever builds images has no CI.
        environment["CI"] = "";
        var commands = string.Join('\n', (string[])[EndServers, .. stage.FindAll("RUN")]);
        await using var process = ProgramProcess.StartTool(
            Sandbox.Program, [.. Sandbox.ListBuildArguments(_temp["src"], output), "sh", "-exc", commands], environment: environment);
        var code = await process.WaitForExitAsync(cancellationToken);
        Assert.True(code == 0, $"{code}\n{process.Output}\n{process.Error}");
        return output;
    }

    // What `COPY . .` would copy of a clean checkout.
    private async Task CopySourceAsync(CancellationToken cancellationToken)
    {
        if (_hasSource)
        {
            return;
        }

        await using var git = ProgramProcess.StartTool("git", ["ls-files", "-co", "--exclude-standard", "-z"], workingDirectory: Chart.Root);
        Assert.True(await git.WaitForExitAsync(cancellationToken) == 0, git.Error);
        var ignored = (await File.ReadAllLinesAsync(Path.Combine(Chart.Root, ".dockerignore"), cancellationToken)).Where(static l => !l.Contains('*')).ToArray();
        foreach (var file in git.Output.Trim().Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(f => !ignored.Contains(f.Split('/')[0])))
        {
            var from = Path.Combine(Chart.Root, file);
            if (File.Exists(from))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_temp["src"], file))!);
                File.Copy(from, Path.Combine(_temp["src"], file));
            }
        }

        _hasSource = true;
    }
}
