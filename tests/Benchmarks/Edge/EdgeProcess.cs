using System.Diagnostics;
using System.Globalization;

namespace Reranker.Benchmarks.Edge;

/// <summary>
/// A server in a process of its own, which is this program once more: what listens to traces and metrics listens to a whole process, and
/// would make a bare endpoint beside the gateway slower.
/// </summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    /// <summary>The argument with which this program is a server, before the server's name.</summary>
    public const string ServeOption = "--edge-server";

    private readonly Process _process;

    private EdgeProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Time of processors that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server by its name.</summary>
    public static async Task<EdgeProcess> StartAsync(string server)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [ServeOption, server]) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // As the product has it, and as every web application of .NET.
        start.Environment["DOTNET_gcServer"] = "1";
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new EdgeProcess(process, port)
            : throw new InvalidOperationException($"The server '{server}' did not start: {line}");
    }

    /// <summary>Serves until the input ends, which it does when the process that started this one has gone.</summary>
    public static async Task ServeAsync(string server)
    {
        await using var app = await (server == EdgeServer.Gateway ? EdgeServer.StartGatewayAsync() : EdgeServer.StartBareAsync());
        await Console.Out.WriteLineAsync(EdgeServer.FindPort(app).ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
