using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests;

/// <summary>A gateway and a silo as the processes an operator starts, on this machine and on fixed ports.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly int _siloPort = LoopbackPorts.Take();
    private readonly int _gatewayPort = LoopbackPorts.Take();
    private readonly List<ProgramProcess> _processes = [];

    private LocalCluster(ProgramProcess gateway, HttpClient http) => (Gateway, Http) = (gateway, http);

    public ProgramProcess Gateway { get; private set; }

    /// <summary>Talks to the gateway. A reply that does not come at all fails the test.</summary>
    public HttpClient Http { get; private set; }

    /// <summary>Starts the gateway alone.</summary>
    public static async Task<LocalCluster> StartGatewayAsync(CancellationToken cancellationToken)
    {
        var cluster = new LocalCluster(null!, null!);
        cluster.Gateway = cluster.Start("Reranker.Gateway.dll", "--urls", "http://127.0.0.1:0", "--Gateway:DrainDelay", "00:00:00.100");
        var line = await cluster.Gateway.WaitForLineAsync("Now listening on:", cancellationToken);
        cluster.Http = new HttpClient
        {
            BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()),
            Timeout = TimeSpan.FromSeconds(60),
        };
        return cluster;
    }

    /// <summary>Starts the silo, always on the same ports, and waits until it serves.</summary>
    public async Task<ProgramProcess> StartSiloAsync(string model, CancellationToken cancellationToken, params string[] arguments)
    {
        var silo = Start(
            "Reranker.Silo.dll",
            [
                "--urls", "http://127.0.0.1:0",
                "--Reranker:Models:0", model,
                "--Reranker:Engine", "Scripted",
                "--Reranker:Scripted:BatchTime", "00:00:00.050",
                .. arguments,
            ]);
        await silo.WaitForLineAsync("Application started", cancellationToken);
        return silo;
    }

    /// <summary>Waits until a path of the gateway has a status.</summary>
    public async Task WaitForAsync(string path, HttpStatusCode status, CancellationToken cancellationToken)
    {
        while (await StatusOfAsync(path, cancellationToken) != status)
        {
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return response.StatusCode;
    }

    public async Task<Reply> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Request-Timeout-Ms", "5000");
        using var response = await Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new Reply(response.StatusCode, body, response.Headers.RetryAfter?.Delta);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    private ProgramProcess Start(string program, params string[] arguments)
    {
        var process = ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, program),
            [
                .. arguments,
                "--Reranker:Clustering", "Localhost",
                "--Reranker:Cluster:SiloPort", Text(_siloPort),
                "--Reranker:Cluster:PrimarySiloPort", Text(_siloPort),
                "--Reranker:Cluster:GatewayPort", Text(_gatewayPort),
            ]);
        _processes.Add(process);
        return process;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    internal sealed record Reply(HttpStatusCode Status, JsonElement Body, TimeSpan? RetryAfter);
}
