using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Processes;

/// <summary>The <c>reranker</c> program as it was built with these tests.</summary>
public static class RerankerProgram
{
    /// <summary>The program.</summary>
    public static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "reranker.dll");

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, string? input = null) =>
        ProgramProcess.RunAsync(Path, arguments, input, TestContext.Current.CancellationToken);

    /// <summary>Runs a program of the cluster to its end, or a command of <c>reranker</c>, with an environment.</summary>
    /// <param name="program">File name of the program.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables, as <c>NAME=VALUE</c>; of two with one name the later counts.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments, params string[] environment)
    {
        var variables = new Dictionary<string, string>();
        foreach (var variable in environment)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            variables[variable[..equals]] = variable[(equals + 1)..];
        }

        await using var process = ProgramProcess.Start(System.IO.Path.Combine(AppContext.BaseDirectory, program), arguments, environment: variables);
        var code = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (code, process.Output, process.Error);
    }

    /// <summary>Starts a command that runs until it is stopped.</summary>
    public static ProgramProcess Start(params string[] arguments) => ProgramProcess.Start(Path, arguments);

    /// <summary>Starts a command that runs until it is stopped, with an environment.</summary>
    public static ProgramProcess Start(Dictionary<string, string> environment, params string[] arguments) =>
        ProgramProcess.Start(Path, arguments, environment: environment);

    /// <summary>Starts <c>serve</c> with the scripted engine on several devices.</summary>
    /// <param name="devices">The list of devices.</param>
    /// <param name="settings">Settings below <c>Reranker:</c>, written as in an environment variable.</param>
    public static Task<(ProgramProcess Process, Uri Url)> ServeScriptedAsync(string devices, Dictionary<string, string> settings) =>
        ServeAsync(
            ["--engine", "scripted", "--devices", devices],
            settings.ToDictionary(s => $"Reranker__{s.Key}", s => s.Value));

    /// <summary>Starts <c>serve</c> on a free port and waits until it listens.</summary>
    public static Task<(ProgramProcess Process, Uri Url)> ServeAsync(params string[] arguments) => ServeAsync(arguments, environment: null);

    /// <summary>Starts <c>serve</c> on a free port with an environment, and waits until it listens.</summary>
    public static async Task<(ProgramProcess Process, Uri Url)> ServeAsync(string[] arguments, Dictionary<string, string>? environment)
    {
        var process = ProgramProcess.Start(Path, ["serve", "--urls", "http://127.0.0.1:0", .. arguments], environment: environment);
        var line = await process.WaitForLineAsync("Now listening on:", TestContext.Current.CancellationToken);
        return (process, new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()));
    }
}
