using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Client.Drills;

/// <summary>
/// The files of this repository in a folder of their own, without anything that was built, and the server that the README's first command starts
/// there. Its address is given in the environment, so that the command is the README's own.
/// </summary>
public sealed class CleanCheckout : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private ProgramProcess? _process;

    /// <summary>Where the server listens.</summary>
    public Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await CopyFilesAsync();
        var command = DocumentedCommand.ReadBlocks("README.md").First(static block => block.EndsWith("-- serve", StringComparison.Ordinal));
        _process = ProgramProcess.StartTool(
            "bash", ["-c", command], workingDirectory: _folder.Path, environment: new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["UseSharedCompilation"] = "false",
            });
        var line = await _process.WaitForLineAsync("Now listening on:", TestContext.Current.CancellationToken);
        Url = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task CopyFilesAsync()
    {
        await using var git = ProgramProcess.StartTool("git", ["ls-files", "--cached", "--others", "--exclude-standard"], workingDirectory: Checkout.Root);
        Assert.Equal(0, await git.WaitForExitAsync(TestContext.Current.CancellationToken));
        foreach (var file in git.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static f => File.Exists(Path.Combine(Checkout.Root, f))))
        {
            var copy = _folder[file];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Checkout.Root, file), copy);
        }
    }
}
