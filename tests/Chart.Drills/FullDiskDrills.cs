using System.Globalization;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;

namespace Reranker.Chart.Drills;

/// <summary>A silo whose engine cache is on a disk that is too small: a real one, as large as a mount says.</summary>
public sealed class FullDiskDrills : IDisposable
{
    private const int EngineBytes = 4 << 20;

    private readonly TempFolder _temp = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _temp.Dispose();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_disk_that_is_too_small_for_an_engine_wakes_somebody_and_leaves_no_half_of_one()
    {
        var cancellation = TestContext.Current.CancellationToken;
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(positions: 258), seed: 1);
        await CheckpointImporter.ImportAsync(
            _temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Int8Qdq, Name = "tiny" }, progress: null, cancellation);
        Directory.CreateDirectory(_temp["engines"]);

        // There is room: the engine is built and runs, and nobody is woken.
        var (healthy, url) = Start(diskBytes: 16 << 20);
        await using (healthy)
        {
            await WaitUntilReadyAsync(healthy, url, cancellation);
            Assert.Contains("A TensorRT engine of 4 MB is built", healthy.Output, StringComparison.Ordinal);
            await using var quiet = await PrometheusServer.StartAsync(await Chart.RenderRulesAsync(), [url]);
            await quiet.WaitForEvaluationsAsync(5, cancellation);
            Assert.Empty(await quiet.ListFiringAsync(cancellation));
        }

        (var cramped, url) = Start(diskBytes: 1 << 20);
        await using (cramped)
        {
            await WaitUntilReadyAsync(cramped, url, cancellation);
            await using var prometheus = await PrometheusServer.StartAsync(await Chart.RenderRulesAsync(), [url]);
            Assert.Equal("docs/operations.md#a-slower-engine", await prometheus.WaitForAlertAsync("RerankerEngineFallback", cancellation));
            var metrics = await _http.GetStringAsync(new Uri(url, "/metrics"), cancellation);
            Assert.Contains("the engine cache cannot be written (No space left on device", metrics, StringComparison.Ordinal);

            // As the process sees its disk: what stands there is no engine to whoever comes next.
            var left = Directory.GetFiles($"/proc/{ProcessTree.FindLast(cramped.Id)}/root{_temp["engines"]}", "*", SearchOption.AllDirectories);
            Assert.Contains(left, static f => f.EndsWith(".engine", StringComparison.Ordinal) && new FileInfo(f).Length < EngineBytes);
            Assert.DoesNotContain(left, static f => Path.GetFileName(f) == "key.txt" && new FileInfo(f).Length > 0);
        }
    }

    private (ProgramProcess Process, Uri Url) Start(int diskBytes)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPorts.Take()}"));
        string[] disk = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--size", diskBytes.ToString(CultureInfo.InvariantCulture), "--tmpfs", _temp["engines"]];
        var process = ProgramProcess.StartTool(
            "bwrap",
            [.. disk, "dotnet", Path.Combine(AppContext.BaseDirectory, "Reranker.BuildingSilo.dll")],
            environment: new Dictionary<string, string>
            {
                ["ENGINE_BYTES"] = EngineBytes.ToString(CultureInfo.InvariantCulture),
                ["ASPNETCORE_URLS"] = url.ToString(),
                ["Reranker__Devices"] = "0",
                ["Reranker__Models__0"] = _temp["model"],
                ["Reranker__TensorRt__EngineCache"] = _temp["engines"],
                ["Reranker__TensorRt__Profile__MaxLength"] = "256",
                ["Reranker__Cluster__SiloPort"] = LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture),
                ["Reranker__Cluster__GatewayPort"] = LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture),
            });
        return (process, url);
    }

    private async Task WaitUntilReadyAsync(ProgramProcess silo, Uri url, CancellationToken cancellationToken)
    {
        while (true)
        {
            Assert.False(silo.HasExited, silo.Output + silo.Error);
            try
            {
                using var answer = await _http.GetAsync(new Uri(url, "/health/ready"), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(200, cancellationToken);
        }
    }
}
