using System.Globalization;
using System.Net;
using System.Text.Json;
using Reranker.Client.Connection;
using Reranker.LoadTest.Commands;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;
using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.LoadTest.Tests.Targets;

public sealed class ClusterTargetTests
{
    private static readonly string Model = Path.Combine(AppContext.BaseDirectory, "models", "mini");

    private static ProgramProcess StartSilo(int gatewayPort, string batchTime)
    {
        var port = LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture);
        return ProgramProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "Reranker.Silo.dll"),
            [],
            environment: new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["Reranker__Models__0"] = Model,
                ["Reranker__Engine"] = "Scripted",
                ["Reranker__Scripted__BatchTime"] = batchTime,
                ["Reranker__Clustering"] = "Localhost",
                ["Reranker__Cluster__SiloPort"] = port,
                ["Reranker__Cluster__PrimarySiloPort"] = port,
                ["Reranker__Cluster__GatewayPort"] = gatewayPort.ToString(CultureInfo.InvariantCulture),
            });
    }

    private static async Task<(int ExitCode, JsonElement Report)> LoadAsync(
        int gatewayPort, CancellationToken cancellationToken, params string[] arguments)
    {
        using var temp = new TempFolder();
        var report = temp["report.json"];
        var code = await LoadCommand.Create().Parse(
            [
                "--cluster", "localhost", "--gateway-ports", gatewayPort.ToString(CultureInfo.InvariantCulture),
                "--model", Model, "--clients", "2", "--passages", "20", "--length", "48", "--bodies", "20",
                "--warmup", "0", "--json", report, .. arguments,
            ]).InvokeAsync(cancellationToken: cancellationToken);
        return (code, JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(report, cancellationToken)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cluster_is_loaded_through_its_client_and_every_score_is_held_against_the_right_one()
    {
        var gatewayPort = LoopbackPorts.Take();
        await using var silo = StartSilo(gatewayPort, "00:00:00.010");
        var listening = await silo.WaitForLineAsync("Now listening on:", TestContext.Current.CancellationToken);
        await silo.WaitForLineAsync("Application started", TestContext.Current.CancellationToken);
        var metrics = listening[listening.IndexOf("http", StringComparison.Ordinal)..].Trim() + "/metrics";

        // It connects when the silo is there.
        var (code, report) = await LoadAsync(gatewayPort, TestContext.Current.CancellationToken, "--duration", "2", "--scripted", "--metrics", metrics);

        Assert.Equal(0, code);
        var requests = report.GetProperty("requests").GetInt64();
        Assert.InRange(requests, 1, report.GetProperty("answersChecked").GetInt64());
        Assert.Equal(0, report.GetProperty("worstDeviation").GetDouble());
        Assert.InRange(report.GetProperty("meanPairTokens").GetDouble(), 40, 56);

        // A batch takes 10 ms on average, on any machine, and none of them are overhead.
        var (latency, overhead) = (report.GetProperty("latency"), report.GetProperty("overhead"));
        Assert.Equal(requests, overhead.GetProperty("count").GetInt64());
        Assert.InRange(overhead.GetProperty("mean").GetDouble(), 0.001, latency.GetProperty("mean").GetDouble() - 8);
        Assert.InRange(
            report.GetProperty("overheadOutsideGrain").GetProperty("mean").GetDouble(), 0.001, overhead.GetProperty("mean").GetDouble());

        var allocated = Assert.Single(report.GetProperty("engines").GetProperty("allocatedBytesPerRequest").EnumerateObject());
        Assert.True(allocated.Value.GetDouble() > 1_000);
    }

    [Fact(Timeout = 120_000)]
    public async Task Requests_without_scores_are_counted_by_what_became_of_them()
    {
        var gatewayPort = LoopbackPorts.Take();
        await using var silo = StartSilo(gatewayPort, "00:00:01");

        var (code, report) = await LoadAsync(gatewayPort, TestContext.Current.CancellationToken, "--duration", "1", "--deadline-ms", "100");

        Assert.Equal(1, code);
        Assert.Equal(0, report.GetProperty("requests").GetInt64());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("overhead").ValueKind);
        Assert.All(report.GetProperty("errors").EnumerateObject(), e => Assert.True(e.Name is "expired" or "busy", e.Name));
        Assert.NotEmpty(report.GetProperty("errors").EnumerateObject());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cluster_that_is_not_there_is_waited_for_and_then_said()
    {
        var nobody = ClusterConnection.FromGateways(new IPEndPoint(IPAddress.Loopback, LoopbackPorts.Take()));
        var error = await Assert.ThrowsAsync<LoadTestException>(() => ClusterTarget.ConnectAsync(
            nobody, new LoadOptions { Urls = [] }, TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.StartsWith("No silo of the cluster answers", error.Message, StringComparison.Ordinal);
    }
}
