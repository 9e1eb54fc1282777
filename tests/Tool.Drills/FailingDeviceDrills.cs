using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Reranker.TestKit.Processes;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary><c>reranker serve</c> as a process whose devices are not lost, but in trouble for a while.</summary>
public sealed class FailingDeviceDrills : IAsyncDisposable
{
    private const int Clients = 8;

    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly HttpClient _http = new();
    private ProgramProcess _server = null!;

    public FailingDeviceDrills() => _limit.CancelAfter(TimeSpan.FromMinutes(2));

    private CancellationToken Cancelled => _limit.Token;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _limit.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_throws_on_every_batch_costs_nobody_a_request_and_comes_back_with_two_lines_in_the_log()
    {
        // Five runs and a trial fail, then the trial after the first pause; the next one works.
        await ServeAsync(new()
        {
            ["Scripted__FailEvery"] = "1",
            ["Scripted__FailUntil"] = "7",
            ["Scripted__FaultyDevice"] = "1",
            ["Batching__FirstPause"] = "500ms",
        });

        await WavesUntilAsync("Degraded\nsilo: 0 of 2 workers lost their devices; 1 of 2 have a device that fails and is tried again.");
        Assert.Equal("4", await StateAsync(worker: 1));
        await WavesUntilAsync("Healthy");

        Assert.Equal("0", await StateAsync(worker: 1));
        Assert.Single(Regex.Matches(_server.Output, "Worker 1 gets no work for model"));
        Assert.Single(Regex.Matches(_server.Output, "Worker 1 gets work for model .* again after .* tried 1 times in vain"));
        Assert.Single(Regex.Matches(_server.Output, "A batch of .* failed"));
        Assert.False(_server.HasExited);
    }

    [Fact]
    public async Task A_process_that_was_stopped_for_longer_than_a_run_may_take_goes_on_where_it_was()
    {
        await ServeAsync(new() { ["Scripted__BatchTime"] = "300ms", ["Scripted__MaxBatchPairs"] = "16", ["Batching__HungAfterAtLeast"] = "1s", ["Batching__HungAfterTimesPredicted"] = "2" });
        var wave = WaveAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancelled);

        await _server.SignalAsync("STOP");
        await Task.Delay(TimeSpan.FromSeconds(2), Cancelled);
        await _server.SignalAsync("CONT");

        Assert.All(await wave, r => Assert.Equal(HttpStatusCode.OK, r));
        Assert.Equal("Healthy", await ReadyAsync());
        Assert.DoesNotContain("lost its device", _server.Output, StringComparison.Ordinal);
    }

    private async Task ServeAsync(Dictionary<string, string> settings)
        => (_server, _http.BaseAddress) = await RerankerProgram.ServeScriptedAsync("0,1", settings);

    private async Task WavesUntilAsync(string ready)
    {
        do
        {
            Assert.All(await WaveAsync(), r => Assert.Equal(HttpStatusCode.OK, r));
        }
        while (await ReadyAsync() != ready);
    }

    private Task<HttpStatusCode[]> WaveAsync() => Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
    {
        var texts = Enumerable.Range(0, 16).Select(i => $"passage {client} {i}");
        using var response = await _http.PostAsJsonAsync("/rerank", new { query = "which?", texts }, Cancelled);
        return response.StatusCode;
    }));

    private async Task<string> ReadyAsync()
    {
        using var response = await _http.GetAsync("/health/ready", Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    // The state of a worker, behind its labels.
    private async Task<string> StateAsync(int worker) => Assert.Single(
        (await _http.GetStringAsync("/metrics", Cancelled)).Split('\n'),
        l => l.StartsWith("reranker_worker_state", StringComparison.Ordinal) && l.Contains($"worker=\"{worker}\"", StringComparison.Ordinal)).Split("} ")[1].Split(' ')[0];
}
