using System.Globalization;
using System.Text.Json;
using Reranker.Cluster.Tests.Sample;
using Reranker.ClusterKit;
using Reranker.Requests;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests.Wire;

/// <summary>The first release's client against today's silo, and today's client against the first release's silo, over real connections.</summary>
public sealed class ReleasesTests(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private const string FrozenWire = "Reranker.FrozenWire.dll";

    [Fact(Timeout = 90_000)]
    public async Task An_old_client_is_served_by_todays_silo()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var silo = LocalSilo.Start(model.Folder);
        await using var client = Start("client", silo.GatewayPort);
        Assert.Equal(0, await client.WaitForExitAsync(cancellation));

        using var reply = JsonDocument.Parse(client.Output);
        var root = reply.RootElement;
        Assert.Equal((int)RerankOutcome.Ok, root.GetProperty("Outcome").GetInt32());
        Assert.Equal(3, root.GetProperty("Logits").GetArrayLength());
        Assert.All(root.GetProperty("PairTokens").EnumerateArray(), static n => Assert.InRange(n.GetInt32(), 1, 30));
        Assert.Equal("tiny", root.GetProperty("Model").GetString());
        Assert.True(root.GetProperty("Hint").GetProperty("TokensPerSecond").GetDouble() > 0);
        Assert.True(root.GetProperty("Timings").GetProperty("TotalMicroseconds").GetInt64() > 0);
    }

    [Fact(Timeout = 90_000)]
    public async Task Todays_client_is_served_by_an_old_silo()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (siloPort, gatewayPort) = (LoopbackPorts.Take(), LoopbackPorts.Take());
        await using var silo = Start("silo", siloPort, gatewayPort);
        await silo.WaitForLineAsync("serving", cancellation);

        // The sample service is today's client in a process of its own.
        var (hits, parts) = await ClientSampleTests.SearchAsync("Gateways", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gatewayPort}"), cancellation);
        Assert.Equal(3, hits.GetArrayLength());
        Assert.StartsWith("An index", hits[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("The last train", hits[1].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(1 / (1 + Math.Exp(-4.067)), hits[0].GetProperty("relevance").GetDouble(), 1e-6);

        // That silo does not know the question for parts: the whole comes as one.
        var part = Assert.Single(parts);
        Assert.Equal("Ok", part.GetProperty("state").GetString());
        Assert.Equal(hits.GetRawText(), part.GetProperty("hits").GetRawText());
        Assert.False(silo.HasExited);
    }

    private static ProgramProcess Start(string mode, params int[] ports)
        => ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, FrozenWire), [mode, .. ports.Select(static p => p.ToString(CultureInfo.InvariantCulture))]);
}
