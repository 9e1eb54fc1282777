using Reranker.LoadTest.Results;

namespace Reranker.LoadTest.Metrics;

/// <summary>
/// Reads the hosts' <c>/metrics</c> once a second, so that of a host that is killed at most a second of counting is lost, and
/// says what the engines did.
/// </summary>
internal sealed class MetricsWatch : IAsyncDisposable
{
    private const string Tokens = "reranker_batch_tokens_total";
    private const string Padding = "reranker_batch_padding_tokens_total";
    private const string Batches = "reranker_batch_duration_seconds_count";
    private const string Busy = "reranker_worker_busy_seconds_total";

    private const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";

    private static readonly string[] Wanted = [Tokens, Padding, Batches, Busy, Allocated];
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly CancellationTokenSource _stop = new();
    private readonly CounterGrowth _growth = new();
    private readonly IReadOnlyList<Uri> _urls;
    private readonly TimeProvider _time;
    private readonly long _started;
    private Task _watch = Task.CompletedTask;

    private MetricsWatch(IReadOnlyList<Uri> urls, TimeProvider time)
        => (_urls, _time, _started) = (urls, time, time.GetTimestamp());

    /// <summary>Looks once and goes on looking.</summary>
    public static async Task<MetricsWatch> StartAsync(IReadOnlyList<Uri> urls, TimeProvider time)
    {
        var watch = new MetricsWatch(urls, time);
        await watch.LookAsync(first: true);
        watch._watch = watch.WatchAsync();
        return watch;
    }

    /// <summary>Looks a last time and reports.</summary>
    public async Task<EngineReport> StopAsync()
    {
        // The devices have nothing to do any more; what follows is no part of the run.
        var seconds = _time.GetElapsedTime(_started).TotalSeconds;
        await _stop.CancelAsync();
        await _watch;
        // The exporter may answer with what it collected a moment ago.
        await Task.Delay(Interval, _time);
        await LookAsync(first: false);
        var workers = _growth.Count(Busy);
        return new EngineReport(
            _growth.Of(Tokens), _growth.Of(Padding), _growth.Of(Batches), _growth.Of(Busy) / seconds / Math.Max(1, workers), workers)
        {
            AllocatedBytes = _growth.BySource(Allocated),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
        _http.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await LookAsync(first: false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task LookAsync(bool first)
    {
        foreach (var url in _urls)
        {
            try
            {
                var text = await _http.GetStringAsync(url);
                _growth.Observe(url.Authority, PrometheusText.Read(text, Wanted), first);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // A host that is down has nothing to say; it may come back.
            }
        }
    }
}
