using System.Diagnostics;

namespace Reranker.TestKit;

/// <summary>Pipes of the file system, which nobody writes to.</summary>
public static class Pipes
{
    /// <summary>Makes one.</summary>
    public static async Task CreatePipeAsync(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new IOException($"mkfifo {path} ended with {process.ExitCode}.");
        }
    }
}
