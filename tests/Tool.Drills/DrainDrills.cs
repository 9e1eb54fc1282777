using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary><c>reranker serve</c> as a process that is told to end while a batch runs that takes some seconds.</summary>
public sealed class DrainDrills
{
    private const int Passages = 5;

    // Longer than a command line library gives a command that is told to end.
    private static readonly Dictionary<string, string> SlowBatches = new()
    {
        ["Scripted__BatchTime"] = "00:00:05",
        ["Batching__TargetBatchTime"] = "00:00:06",
    };

    [Fact]
    public async Task A_request_in_work_gets_all_its_scores_before_the_server_ends()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var (server, url) = await RerankerProgram.ServeScriptedAsync("0", SlowBatches);
        await using var _ = server;
        using var http = new HttpClient { BaseAddress = url };

        var texts = Enumerable.Range(0, Passages).Select(i => $"passage {i}");
        var request = http.PostAsJsonAsync("/rerank", new { query = "which?", texts }, limit.Token);
        while (!await IsInWorkAsync(http, limit.Token))
        {
            Assert.False(request.IsCompleted, "The request was answered before it was seen in work.");
        }

        // Whoever is impatient sends a second one: it must not cut short what the first began.
        await server.SignalAsync("TERM");
        await server.SignalAsync("TERM");

        using var response = await request;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var ranks = (await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token)).EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(0, Passages), ranks.Select(r => r.GetProperty("index").GetInt32()).Order());
        Assert.All(ranks, r => Assert.InRange(r.GetProperty("score").GetDouble(), 0, 1));
        Assert.Equal(ExitCodes.Success, await server.WaitForExitAsync(limit.Token));
    }

    private static async Task<bool> IsInWorkAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var metrics = await http.GetStringAsync("/metrics", cancellationToken);
        return metrics.Split('\n').Any(l => l.StartsWith("reranker_gateway_active_requests", StringComparison.Ordinal) && l.Contains("} 1", StringComparison.Ordinal));
    }
}
