using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;

namespace Reranker.Benchmarking.Load;

/// <summary>Measures one load after another, each on a worker of its own over the same engine.</summary>
internal sealed class LoadPhases(
    LoadBenchmarkOptions options, MeteredEngine engine, TimeProvider time, Func<IInferenceEngine, WorkerOptions, ScoringWorker> start, IProgress<LoadRow>? progress)
{
    /// <summary>The rows so far.</summary>
    public List<LoadRow> Rows { get; } = [];

    /// <summary>Open loop: requests of a set at random, so many pairs a second.</summary>
    public Task<LoadRow> OpenAsync(string name, ScoreWork[] works, double pairsPerSecond, TimeSpan delay, CancellationToken cancellationToken)
        => MeasureAsync(name, pairsPerSecond, delay, (g, s, c) => g.OpenAsync(works, pairsPerSecond / works[0].Count, options.Seed, s, c), cancellationToken);

    /// <summary>Closed loop: so many requests of a set are always on their way.</summary>
    public Task<LoadRow> ClosedAsync(string name, ScoreWork[] works, int atOnce, CancellationToken cancellationToken)
        => MeasureAsync(name, null, TimeSpan.Zero, (g, s, c) => g.ClosedAsync(works, atOnce, s, c), cancellationToken);

    /// <summary>Open loop, and jobs one after another beside it that are not in the row's latencies.</summary>
    public Task<LoadRow> BesideAsync(string name, ScoreWork[] works, double pairsPerSecond, ScoreWork[] jobs, CancellationToken cancellationToken)
        => MeasureAsync(
            name,
            pairsPerSecond,
            TimeSpan.Zero,
            (g, s, c) => Task.WhenAll(
                g.OpenAsync(works, pairsPerSecond / works[0].Count, options.Seed, s, c),
                g.ClosedAsync(jobs, 1, new LoadSamples(TimeSpan.Zero, s.End), c)),
            cancellationToken);

    private async Task<LoadRow> MeasureAsync(
        string name, double? offered, TimeSpan delay, Func<LoadGenerator, LoadSamples, CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        var (warmUp, duration) = (TimeSpan.FromSeconds(options.WarmUpSeconds), TimeSpan.FromSeconds(options.Seconds));
        var worker = start(
            engine,
            new WorkerOptions { MaxBatchDelay = delay, TargetBatchTime = options.TargetBatchTime, MaxQueueTime = TimeSpan.FromMinutes(10) });
        await using (worker.ConfigureAwait(false))
        {
            var samples = new LoadSamples(warmUp, duration);
            var loading = load(new LoadGenerator(worker, time), samples, cancellationToken);
            await Task.Delay(warmUp, time, cancellationToken).ConfigureAwait(false);
            var from = engine.Now;
            await Task.Delay(duration, time, cancellationToken).ConfigureAwait(false);
            var to = engine.Now;
            await loading.ConfigureAwait(false);
            var row = samples.Row(name, offered, from, to, engine.Description.Lanes, time);
            Rows.Add(row);
            progress?.Report(row);
            return row;
        }
    }
}
