using System.Net.Http.Json;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;

namespace Reranker.Chart.Drills;

/// <summary>Each cause wakes the alert that names its runbook: real processes, a real Prometheus, the rules as the chart renders them.</summary>
public sealed class AlertDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Fact(Timeout = 240_000)]
    public async Task Lost_silos_a_lost_store_and_no_silo_left_wake_somebody()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        await cluster.StartAsync(silos: 3, gateways: 1, cancellation);
        await using var prometheus = await StartPrometheusAsync(cluster);
        await using (var load = Load.Start(cluster.Gateways, await KnownScores.CreateAsync(model.Folder, cancellation)))
        {
            // Ten seconds of a healthy fleet, after which nothing fires.
            await load.MoreAsync(300, cancellation);
            Assert.Empty(await prometheus.ListFiringAsync(cancellation));
            await load.StopAsync();
        }

        await store.KillAsync(cancellation);
        await ExpectAsync(prometheus, "RerankerMembershipStoreDown", "the-membership-store-does-not-answer", cancellation);
        await cluster.Silos[0].KillAsync(cancellation);
        await ExpectAsync(prometheus, "RerankerFleetShrank", "workers-are-missing", cancellation);
        await cluster.Silos[1].KillAsync(cancellation);
        await cluster.Silos[2].KillAsync(cancellation);
        await ExpectAsync(prometheus, "RerankerNoWorkers", "no-worker-is-ready", cancellation);
        await using (Flood.Start(cluster.Gateways[0].Url, callers: 4))
        {
            await ExpectAsync(prometheus, "RerankerUnansweredFast", "requests-without-an-answer", cancellation);
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task More_work_than_the_fleet_can_do_wakes_somebody()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        await cluster.StartAsync(silos: 1, gateways: 1, cancellation);
        await using var prometheus = await StartPrometheusAsync(cluster);

        await using (Flood.Start(cluster.Gateways[0].Url, callers: 96))
        {
            await ExpectAsync(prometheus, "RerankerOverloaded", "overload", cancellation);
            await ExpectAsync(prometheus, "RerankerLateFast", "late-answers", cancellation);
        }
    }

    [Theory(Timeout = 240_000)]
    [InlineData("RerankerSlowDevice", "a-slow-device", "SlowDownAfter", "200")]
    [InlineData("RerankerWorkerSuspended", "a-device-fails", "LoseDeviceAfter", "50")]
    [InlineData("RerankerBatchFailures", "a-device-fails", "FailEvery", "3")]
    [InlineData("RerankerBatchesCut", "a-device-ran-out-of-memory", "MemoryTokens", "30")]
    public async Task A_device_with_a_fault_wakes_somebody(string alert, string runbook, string fault, string value)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var silo = cluster.AddSilo();
        silo.Variables = [($"Reranker__Scripted__{fault}", value), ("Reranker__Scripted__FaultyDevice", "0"), ("Reranker__Devices", fault == "SlowDownAfter" ? "0" : "0,1")];
        var gateway = cluster.AddGateway();
        await silo.StartAsync(cancellation);
        await gateway.StartAsync(cancellation);
        await using var prometheus = await StartPrometheusAsync(cluster);

        await using (Flood.Start(gateway.Url, callers: 8))
        {
            await ExpectAsync(prometheus, alert, runbook, cancellation);
        }
    }

    private static async Task ExpectAsync(PrometheusServer prometheus, string alert, string runbook, CancellationToken cancellationToken)
        => Assert.Equal($"docs/operations.md#{runbook}", await prometheus.WaitForAlertAsync(alert, cancellationToken));

    private static async Task<PrometheusServer> StartPrometheusAsync(ProcessCluster cluster)
        => await PrometheusServer.StartAsync(await Chart.RenderRulesAsync(), cluster.Silos.Concat(cluster.Gateways).Select(static n => n.Url));

    /// <summary>Callers who ask again as soon as they are answered, whatever the answer was.</summary>
    private sealed class Flood : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _callers;

        private Flood(Uri gateway, int callers) => _callers = Task.WhenAll(Enumerable.Range(0, callers).Select(i => AskAsync(gateway, i)));

        public static Flood Start(Uri gateway, int callers) => new(gateway, callers);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _callers;
            _http.Dispose();
            _stop.Dispose();
        }

        private async Task AskAsync(Uri gateway, int caller)
        {
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                // Of different lengths, since the tiny model knows few words, and what has the same tokens is scored once.
                var texts = Enumerable.Range(1, 20).Select(static p => string.Join(' ', Enumerable.Repeat("word", p))).ToArray();
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/rerank"))
                {
                    Content = JsonContent.Create(new { query = $"caller {caller} {i}", texts }),
                };
                request.Headers.Add("X-Request-Timeout-Ms", "2000");
                using var response = await _http.SendAsync(request);
                await Task.Delay(20);
            }
        }
    }
}
