using System.Globalization;
using System.Net;
using System.Text.Json;
using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Processes;

/// <summary>A silo, a gateway or both in one that comes back on the same ports when it is started again.</summary>
public sealed class Node(string program, Func<IReadOnlyDictionary<string, string>> environment, HttpClient http, params string[] arguments) : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly int _port = LoopbackPorts.Take();
    private ProgramProcess? _process;

    /// <summary>Whether its HTTP server speaks TLS.</summary>
    public bool IsHttps { get; init; }

    /// <summary>Base address of its HTTP server.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"{(IsHttps ? "https" : "http")}://127.0.0.1:{_port}"));

    /// <summary>The process of the last start.</summary>
    public ProgramProcess Process => _process ?? throw new InvalidOperationException("The node was not started.");

    /// <summary>Environment variables of the next start, beside those of the cluster.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; set; } = [];

    /// <summary>Starts the process.</summary>
    public async Task LaunchAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var variables = new Dictionary<string, string>(environment()) { ["ASPNETCORE_URLS"] = Url.ToString() };
        foreach (var (name, value) in Variables)
        {
            variables[name] = value;
        }

        _process = ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, program), arguments, environment: variables);
    }

    /// <summary>Starts the process and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LaunchAsync();
        await WaitUntilReadyAsync(cancellationToken);
    }

    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        while (!await IsReadyAsync(cancellationToken))
        {
            Assert.False(Process.HasExited, $"{program} ended while it was awaited.\n{_process?.Output}\n{_process?.Error}");
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>What a load balancer asks.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(Url, "/health/ready"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>What a path answers; 503 and nothing while nobody listens.</summary>
    public async Task<(HttpStatusCode Status, string Text)> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(Url, path), cancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return (HttpStatusCode.ServiceUnavailable, "");
        }
    }

    /// <summary>Waits until a gateway lists so many workers.</summary>
    public async Task WaitForWorkersAsync(int workers, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (status, text) = await AskAsync("/info", cancellationToken);
            if (status == HttpStatusCode.OK && JsonDocument.Parse(text).RootElement.GetProperty("workers").GetArrayLength() == workers)
            {
                return;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Waits until <c>/metrics</c> has a value of that name.</summary>
    public async Task WaitForMetricAsync(string name, CancellationToken cancellationToken)
    {
        while (!(await AskAsync("/metrics", cancellationToken)).Text.Contains($"\n{name}", StringComparison.Ordinal))
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Sum of the values of a counter at <c>/metrics</c>; 0 when it has none yet.</summary>
    public async Task<double> MetricAsync(string name, CancellationToken cancellationToken)
    {
        var text = await http.GetStringAsync(new Uri(Url, "/metrics"), cancellationToken);
        return text.Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(static line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        await Process.SignalAsync("KILL");
        await Process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
