using System.Collections.Concurrent;
using System.Diagnostics;

namespace Reranker.Fuzz.Running;

/// <summary><c>reranker serve</c> with the scripted engine and keys, as a process of its own on a free port.</summary>
internal sealed class ServedProgram : IAsyncDisposable
{
    public const string ApiKey = "fuzz-key-0123456789";
    public const string AdminKey = "fuzz-admin-0123456789";
    private const string Listening = "Now listening on: ";
    private const int MostLines = 1000;

    // Kestrel's own word for what is left of a body whose trailer is no UTF-8: the caller's mistake, and the reply was sent.
    private const string DrainFailed = "Microsoft.AspNetCore.Server.Kestrel[67]";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServedProgram(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it logged as an error or worse, at most a thousand lines.</summary>
    public IEnumerable<string> Errors => _lines.Where(static line =>
        (line.Contains("fail: ", StringComparison.Ordinal) || line.Contains("crit: ", StringComparison.Ordinal))
        && !line.Contains(DrainFailed, StringComparison.Ordinal));

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<(ServedProgram Program, Uri Url)> StartAsync(FileInfo program, DirectoryInfo model, CancellationToken cancellationToken)
    {
        // Not in a folder of a model: an odd folder name of an admin request must not happen to be one.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in (string[])[program.FullName, "serve", "--urls", "http://127.0.0.1:0", "--engine", "scripted", "--model", model.FullName])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["Gateway__ApiKeys__0__Tenant"] = "fuzz";
        start.Environment["Gateway__ApiKeys__0__Key"] = ApiKey;
        start.Environment["Gateway__AdminKey"] = AdminKey;
        start.Environment["Reranker__Scripted__BatchTime"] = "00:00:00.0001";
        start.Environment["Reranker__Scripted__TokensPerSecond"] = "50000000";
        start.Environment["Logging__LogLevel__Default"] = "Error";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        var served = new ServedProgram(new Process { StartInfo = start, EnableRaisingEvents = true });
        served.Begin();
        return (served, await served._url.Task.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Begin()
    {
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Exited += (_, _) => _url.TrySetException(new InvalidOperationException($"The server ended.\n{string.Join('\n', _lines)}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (_lines.Count < MostLines)
        {
            _lines.Enqueue(line);
        }

        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        if (at >= 0)
        {
            _url.TrySetResult(new Uri(line[(at + Listening.Length)..].Trim()));
        }
    }
}
