using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reranker.TestKit.Processes;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary><c>reranker serve</c> as a process with two scripted devices that fail.</summary>
public sealed class LostDeviceDrills : IAsyncDisposable
{
    private const int Clients = 8;

    // A batch of one request takes so long that all requests of a wave have come before the first one is done.
    private static readonly Dictionary<string, string> SlowBatches = new()
    {
        ["Scripted__BatchTime"] = "00:00:00.500",
        ["Scripted__MaxBatchPairs"] = "16",
        ["Batching__TargetBatchTime"] = "00:00:01",
    };

    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly HttpClient _http = new();
    private ProgramProcess _server = null!;

    public LostDeviceDrills() => _limit.CancelAfter(TimeSpan.FromMinutes(2));

    private CancellationToken Cancelled => _limit.Token;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _limit.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("LoseDeviceAfter")]
    [InlineData("HangAfter")]
    public async Task One_lost_device_costs_nobody_a_request_and_readiness_and_metrics_tell(string fault)
    {
        await ServeAsync(new() { [$"Scripted__{fault}"] = "3", ["Scripted__FaultyDevice"] = "1", ["Batching__HungAfterAtLeast"] = "00:00:02" });
        Assert.Equal("Healthy", await ReadyAsync(HttpStatusCode.OK));
        string ready;
        do
        {
            Assert.All(await WaveAsync(), r => Assert.Equal(HttpStatusCode.OK, r.Status));
            ready = await ReadyAsync(HttpStatusCode.OK);
        }
        while (ready == "Healthy");

        Assert.Equal("Degraded\nsilo: 1 of 2 workers lost their devices.", ready);
        Assert.All(await WaveAsync(), r => Assert.Equal(HttpStatusCode.OK, r.Status));
        var states = (await _http.GetStringAsync("/metrics", Cancelled)).Split('\n')
            .Where(l => l.StartsWith("reranker_worker_state", StringComparison.Ordinal)).ToArray();
        Assert.Single(states, l => l.Contains("worker=\"0\"", StringComparison.Ordinal) && l.Contains("} 0", StringComparison.Ordinal));
        Assert.Single(states, l => l.Contains("worker=\"1\"", StringComparison.Ordinal) && l.Contains("} 2", StringComparison.Ordinal));

        // A device was lost, and yet this end is the one that was asked for.
        await _server.SignalAsync("TERM");
        Assert.Equal(ExitCodes.Success, await _server.WaitForExitAsync(Cancelled));
    }

    [Fact]
    public async Task The_last_lost_device_ends_the_process_and_every_request_in_one_answer()
    {
        await ServeAsync(new(SlowBatches) { ["Scripted__LoseDeviceAfter"] = "3" });
        Reply[] wave;
        do
        {
            wave = await WaveAsync();
            Assert.All(wave, r => Assert.Contains(r.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]));
        }
        while (wave.All(r => r.Status == HttpStatusCode.OK));

        Assert.All(
            wave.Where(r => r.Status != HttpStatusCode.OK),
            r => Assert.NotEmpty(r.Body.GetProperty("error").GetString()!));
        Assert.Equal(ExitCodes.DeviceLost, await _server.WaitForExitAsync(Cancelled));
        Assert.Contains("2 of 2 workers lost their devices", _server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LoseDeviceAfter")]
    [InlineData("HangAfter")]
    public async Task The_first_lost_device_can_end_the_process_after_the_others_have_answered_what_there_was(string fault)
    {
        await ServeAsync(new(SlowBatches)
        {
            [$"Scripted__{fault}"] = "1",
            ["Scripted__FaultyDevice"] = "0",
            ["Batching__HungAfterAtLeast"] = "00:00:02",
            ["ExitOnLoss"] = "Any",
        });

        Assert.All(await WaveAsync(), r => Assert.Equal(HttpStatusCode.OK, r.Status));
        Assert.Equal(ExitCodes.DeviceLost, await _server.WaitForExitAsync(Cancelled));
    }

    [Fact]
    public async Task A_process_that_is_told_to_stay_is_alive_and_not_ready_without_devices()
    {
        await ServeAsync(new() { ["Scripted__LoseDeviceAfter"] = "1", ["ExitOnLoss"] = "Never" });
        while ((await WaveAsync()).Any(r => r.Status == HttpStatusCode.OK))
        {
        }

        Assert.Contains("No worker takes work; 2 of 2 lost their devices.", await ReadyAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using var live = await _http.GetAsync("/health/live", Cancelled);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private async Task ServeAsync(Dictionary<string, string> settings)
        => (_server, _http.BaseAddress) = await RerankerProgram.ServeScriptedAsync("0,1", settings);

    // Requests at once, so that a device that fails has some of them; the next wave comes when all have their answers.
    private Task<Reply[]> WaveAsync() => Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
    {
        var texts = Enumerable.Range(0, 16).Select(i => $"passage {client} {i}");
        using var response = await _http.PostAsJsonAsync("/rerank", new { query = "which?", texts }, Cancelled);
        return new Reply(response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled));
    }));

    private async Task<string> ReadyAsync(HttpStatusCode expected)
    {
        using var response = await _http.GetAsync("/health/ready", Cancelled);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    private sealed record Reply(HttpStatusCode Status, JsonElement Body);
}
