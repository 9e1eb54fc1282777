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
    public Task<LoadRow> MeasureOpenLoopAsync(string name, WorkItem[] works, double pairsPerSecond, TimeSpan delay, CancellationToken cancellationToken)
        => MeasureLoadAsync(name, pairsPerSecond, delay, (g, s, c) => g.SendOpenLoopAsync(works, pairsPerSecond / works[0].Count, options.Seed, s, c), cancellationToken);

    /// <summary>Closed loop: so many requests of a set are always on their way.</summary>
    public Task<LoadRow> MeasureClosedLoopAsync(string name, WorkItem[] works, int atOnce, CancellationToken cancellationToken)
        => MeasureLoadAsync(name, null, TimeSpan.Zero, (g, s, c) => g.SendClosedLoopAsync(works, atOnce, s, c), cancellationToken);

    /// <summary>Open loop, and jobs one after another beside it that are not in the row's latencies.</summary>
    public Task<LoadRow> MeasureOpenLoopBesideJobsAsync(string name, WorkItem[] works, double pairsPerSecond, WorkItem[] jobs, CancellationToken cancellationToken)
        => MeasureLoadAsync(
            name,
            pairsPerSecond,
            TimeSpan.Zero,
            (g, s, c) => Task.WhenAll(
                g.SendOpenLoopAsync(works, pairsPerSecond / works[0].Count, options.Seed, s, c),
                g.SendClosedLoopAsync(jobs, 1, new LoadSamples(TimeSpan.Zero, s.End), c)),
            cancellationToken);

    private async Task<LoadRow> MeasureLoadAsync(
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
            var row = samples.CreateRow(name, offered, from, to, engine.Description.Lanes, time);
            Rows.Add(row);
            progress?.Report(row);
            return row;
        }
    }
}
