using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Reranker.Benchmarks.Edge;

namespace Reranker.Benchmarks;

/// <summary>
/// A whole request over HTTP with scores that cost nothing: the gateway, and a bare endpoint that reads the same JSON, in one process, for
/// what they allocate. Requests a second are <see cref="EdgeComparison"/>'s to compare: here the gateway's listeners hear both.
/// </summary>
public class EdgeBenchmarks
{
    private const int Connections = 8;
    private const int CallsOfEach = 64;
    private const int Calls = Connections * CallsOfEach;
    private const int CharactersOfPassage = 500;

    private WebApplication _gateway = null!;
    private WebApplication _bare = null!;
    private EdgeCaller[] _callersOfGateway = [];
    private EdgeCaller[] _callersOfBare = [];

    [Params(8, 100)]
    public int Passages { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { query = "which bridge was built", texts = SampleTexts.CreatePassages(Passages, CharactersOfPassage) });
        (_gateway, _bare) = (await EdgeServer.StartGatewayAsync(), await EdgeServer.StartBareAsync());
        _callersOfGateway = CreateCallers(_gateway, body);
        _callersOfBare = CreateCallers(_bare, body);
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        foreach (var caller in _callersOfGateway.Concat(_callersOfBare))
        {
            caller.Dispose();
        }

        await _gateway.DisposeAsync();
        await _bare.DisposeAsync();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls, Description = "a request to a bare endpoint")]
    public Task CallBareAsync() => CallAllAsync(_callersOfBare);

    [Benchmark(OperationsPerInvoke = Calls, Description = "a request to the gateway")]
    public Task CallGatewayAsync() => CallAllAsync(_callersOfGateway);

    private static EdgeCaller[] CreateCallers(WebApplication server, byte[] body) =>
        [.. Enumerable.Range(0, Connections).Select(_ => new EdgeCaller(EdgeServer.FindPort(server), body))];

    private static Task CallAllAsync(EdgeCaller[] callers) => Task.WhenAll(callers.Select(static async caller =>
    {
        for (var i = 0; i < CallsOfEach; i++)
        {
            await caller.CallAsync();
        }
    }));
}
