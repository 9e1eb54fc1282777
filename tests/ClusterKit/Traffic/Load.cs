using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reranker.ClusterKit.Certificates;
using Reranker.ClusterKit.Processes;

namespace Reranker.ClusterKit.Traffic;

/// <summary>
/// Requests at a steady rate, whatever the answers do, to the gateways that say that they are ready, as a load balancer
/// would send them. Every score of every answer is checked.
/// </summary>
public sealed class Load : IAsyncDisposable
{
    private const double RequestsPerSecond = 30;
    private const int MostPassages = 20;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<string> _failures = [];
    private readonly IReadOnlyList<Node> _gateways;
    private readonly KnownScores _scores;
    private readonly Task _run;
    private volatile Node[] _ready;
    private int _answers;

    private Load(IReadOnlyList<Node> gateways, KnownScores scores, string? key, ClusterCertificates? certificates)
    {
        _http = ClusterCertificates.CreateClient(certificates, TimeSpan.FromSeconds(30));
        _http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        (_gateways, _scores, _ready) = (gateways, scores, [.. gateways]);
        _run = Task.WhenAll(BalanceAsync(), SendAsync());
    }

    /// <summary>Right answers so far.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Starts it; with a key where the gateways demand one, and over TLS where there are certificates.</summary>
    public static Load Start(IReadOnlyList<Node> gateways, KnownScores scores, string? key = null, ClusterCertificates? certificates = null)
        => new(gateways, scores, key, certificates);

    /// <summary>Waits for more right answers than there are now.</summary>
    public async Task MoreAsync(int answers, CancellationToken cancellationToken)
    {
        var enough = Answers + answers;
        while (Answers < enough)
        {
            Assert.Equal("", string.Join('\n', _failures));
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Ends the load, and waits until every request has its answer.</summary>
    /// <returns>What went wrong, a line a request.</returns>
    public async Task<string> StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
        return string.Join('\n', _failures);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task BalanceAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Node[] ready = [.. (await Task.WhenAll(_gateways.Select(async g => (g, await g.IsReadyAsync(CancellationToken.None))))).Where(p => p.Item2).Select(p => p.g)];
            if (ready.Length > 0)
            {
                _ready = ready;
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task SendAsync()
    {
        var random = new Random(11);
        var running = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var sent = 0; !_stop.IsCancellationRequested; sent++)
        {
            var early = TimeSpan.FromSeconds(sent / RequestsPerSecond) - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, CancellationToken.None);
            }

            var ready = _ready;
            var (query, passages) = KnownScores.Draw(random, MostPassages);
            running.RemoveAll(static t => t.IsCompleted);
            running.Add(AskAsync(ready[random.Next(ready.Length)].Url, query, passages));
        }

        await Task.WhenAll(running);
    }

    private async Task AskAsync(Uri gateway, int query, int[] passages)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, "/rerank"))
            {
                Content = JsonContent.Create(new JsonObject
                {
                    ["query"] = KnownScores.Query(query),
                    ["texts"] = new JsonArray([.. passages.Select(p => (JsonNode)KnownScores.Passage(p))]),
                    ["raw_scores"] = true,
                }),
            };
            request.Headers.Add("X-Request-Timeout-Ms", Deadline.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
            using var response = await _http.SendAsync(request);
            if (!response.IsSuccessStatusCode)
            {
                _failures.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                return;
            }

            Check(query, passages, (await response.Content.ReadFromJsonAsync<JsonArray>())!);
        }
        catch (Exception e)
        {
            _failures.Add($"{e.GetType().Name}: {e.Message}");
        }
    }

    private void Check(int query, int[] passages, JsonArray ranks)
    {
        var given = ranks.ToDictionary(static r => (int)r!["index"]!, static r => (float)r!["score"]!);
        var wrong = Enumerable.Range(0, passages.Length).Count(i => !given.TryGetValue(i, out var score) || score != _scores.Logit(query, passages[i]));
        if (wrong > 0 || given.Count != passages.Length)
        {
            _failures.Add($"{wrong} of {passages.Length} scores are wrong or missing");
        }
        else
        {
            Interlocked.Increment(ref _answers);
        }
    }
}
