using System.Diagnostics;

namespace DocsSearch;

/// <summary><c>reranker serve</c> with the bundled model as a process of its own, on a free port, for as long as the sample runs.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly Process _process;

    private LocalServer(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<LocalServer> StartAsync()
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reranker.dll"), "serve", "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
        };
        var process = new Process { StartInfo = info, EnableRaisingEvents = true };
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("reranker serve ended before it listened."));
        process.OutputDataReceived += (_, output) =>
        {
            if (output.Data is { } line && line.Contains("Now listening on:", StringComparison.Ordinal))
            {
                listening.TrySetResult(new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()));
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        return new LocalServer(process, await listening.Task);
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
