using System.Diagnostics;

namespace Reranker.LoadTest;

/// <summary>Sends requests in closed or open loop, and checks the scores it gets.</summary>
internal sealed class LoadRun(LoadOptions options, RerankEndpoint endpoint, Corpus corpus, int queries, PairsAlone? alone)
{
    private readonly LoadRecorder _recorder = new();

    public async Task<LoadReport> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(options.WarmUp + options.Duration);
        var load = options.Rate is { } rate ? OpenLoopAsync(rate, stop.Token) : ClosedLoopAsync(stop.Token);

        await Task.Delay(options.WarmUp, cancellationToken);
        _recorder.Counting = true;
        var started = Stopwatch.GetTimestamp();
        await load;
        return _recorder.Report(options, Stopwatch.GetElapsedTime(started));
    }

    private Task ClosedLoopAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, options.Clients).Select(async client =>
        {
            var random = new Random(unchecked(options.Seed * 7919 + client));
            while (!stop.IsCancellationRequested)
            {
                await SendAsync(random, Stopwatch.GetTimestamp());
            }
        }));

    private async Task OpenLoopAsync(double rate, CancellationToken stop)
    {
        var random = new Random(options.Seed);
        var running = new List<Task>();
        var due = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            due += (long)(-Math.Log(1 - random.NextDouble()) / rate * Stopwatch.Frequency);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, CancellationToken.None);
            }

            var (seed, at) = (random.Next(), due);
            running.Add(Task.Run(() => SendAsync(new Random(seed), at), CancellationToken.None));
            running.RemoveAll(t => t.IsCompletedSuccessfully);
        }

        await Task.WhenAll(running);
    }

    private async Task SendAsync(Random random, long due)
    {
        var query = random.Next(queries);
        var chosen = new int[random.Next(options.MinPassages, options.MaxPassages + 1)];
        for (var i = 0; i < chosen.Length; i++)
        {
            chosen[i] = random.Next(corpus.Passages.Count);
        }

        try
        {
            var logits = await endpoint.RankAsync(Corpus.Queries[query], Array.ConvertAll(chosen, i => corpus.Passages[i]), CancellationToken.None);
            _recorder.Succeeded(Stopwatch.GetElapsedTime(due), chosen.Length);
            if (alone is not null)
            {
                _recorder.Compared(chosen.Select((passage, i) => Math.Abs((double)logits[i] - alone.Logit(query, passage))).Max());
            }
        }
        catch (RequestFailedException e)
        {
            _recorder.Failed(e.Kind);
        }
    }
}
