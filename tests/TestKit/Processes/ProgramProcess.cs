using System.Diagnostics;
using System.Text;

namespace Reranker.TestKit.Processes;

/// <summary>A real process of a program that was built with the tests: what a person starts, not a host inside the test.</summary>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly List<(string Text, TaskCompletionSource<string> Line)> _awaited = [];

    private ProgramProcess(Process process) => _process = process;

    /// <summary>Operating system's number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it wrote to standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts <c>dotnet PROGRAM ARGUMENTS</c>.</summary>
    public static ProgramProcess Start(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
        => StartTool("dotnet", [program, .. arguments], input, workingDirectory, environment);

    /// <summary>Starts a program of the machine.</summary>
    public static ProgramProcess StartTool(
        string tool,
        IEnumerable<string> arguments,
        string? input = null,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(tool)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        // The test runner's own settings must not leak into the program.
        foreach (var name in info.Environment.Keys.Where(k => k.StartsWith("DOTNET_STARTUP", StringComparison.Ordinal) || k == "ASPNETCORE_URLS").ToList())
        {
            info.Environment.Remove(name);
        }

        // Counts for better code later cost more than they bring a program that lives for seconds.
        info.Environment["DOTNET_TieredPGO"] = "0";

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        var started = new ProgramProcess(new Process { StartInfo = info });
        started.Begin(input);
        return started;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Exit code, standard output, standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken)
    {
        await using var process = Start(program, arguments, input);
        var code = await process.WaitForExitAsync(cancellationToken);
        return (code, process.Output, process.Error);
    }

    /// <summary>Waits for a line of standard output or error that contains a text, and returns the line.</summary>
    /// <exception cref="InvalidOperationException">The process ended without it.</exception>
    public async Task<string> WaitForLineAsync(string text, CancellationToken cancellationToken)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            _awaited.Add((text, line));
            foreach (var written in $"{_output}{_error}".Split('\n').Where(l => l.Contains(text, StringComparison.Ordinal)).Take(1))
            {
                line.TrySetResult(written);
            }
        }

        var exit = _process.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(line.Task, exit);
        await first;
        return line.Task.IsCompleted
            ? await line.Task
            : throw new InvalidOperationException($"The program ended without writing '{text}'.\n{Output}\n{Error}");
    }

    /// <summary>Waits for the end, and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal by its name, for example TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Kills the process if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Begin(string? input)
    {
        _process.OutputDataReceived += (_, e) => Add(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Add(_error, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    private void Add(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            text.Append(line).Append('\n');
            foreach (var (awaited, source) in _awaited)
            {
                if (line.Contains(awaited, StringComparison.Ordinal))
                {
                    source.TrySetResult(line);
                }
            }
        }
    }

    private string Read(StringBuilder text)
    {
        lock (_output)
        {
            return text.ToString();
        }
    }
}
