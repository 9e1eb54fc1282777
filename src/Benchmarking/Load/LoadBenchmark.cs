using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;

namespace Reranker.Benchmarking.Load;

/// <summary>
/// Loads a worker as a cluster does, without the cluster: Poisson arrivals of ragged requests, saturation, small requests
/// beside a large job, and batch delays. Rates are held against the engine's offline rate on the same pairs.
/// </summary>
public sealed class LoadBenchmark(LoadBenchmarkOptions options, TimeProvider time, ILoggerFactory? loggers = null)
{
    private const double OfflineShareOfTime = 0.2;
    private const int SaturatingBatches = 6;
    private const int MaxAtOnce = 512;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly LoadBenchmarkOptions _options = options.Checked();
    private readonly ILoggerFactory _loggers = loggers ?? NullLoggerFactory.Instance;

    /// <summary>Runs all of it, which takes <see cref="LoadBenchmarkOptions.Seconds"/> a row and a little more.</summary>
    /// <param name="engine">A warm engine, to which nobody else gives work. It is not disposed.</param>
    /// <param name="progress">Told of every finished row, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EngineException">An offline run failed.</exception>
    /// <exception cref="InvalidOperationException">A work failed.</exception>
    public async Task<LoadBenchmarkReport> RunAsync(IInferenceEngine engine, IProgress<LoadRow>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(engine);
        var d = engine.Description;
        var random = new Random(_options.Seed);
        var lengths = _options.Lengths.ToLengths();
        WorkItem[] Works(int requests, int passages, TimeSpan deadline) => RandomRequests.CreateRequests(random, requests, passages, lengths, d, deadline);
        var works = Works(_options.Requests, _options.Passages, _options.Deadline);
        var pairs = RandomRequests.ListPairs(works);
        var offline = OfflineRate.MeasureRates(engine, pairs, _options.Seconds * OfflineShareOfTime, time);
        var best = offline.Max(r => r.PairsPerSecond);
        var phases = new LoadPhases(_options, new MeteredEngine(engine, time), time, StartWorker, progress);

        var saturated = await MeasureSaturatedAsync(phases, works, best, d.Lanes, cancellationToken).ConfigureAwait(false);
        await phases.MeasureClosedLoopAsync("one request at a time", works, 1, cancellationToken).ConfigureAwait(false);
        foreach (var share in _options.Shares)
        {
            await phases.MeasureOpenLoopAsync($"{FormatPercent(share)} of offline", works, share * best, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }

        var small = Works(_options.Requests, _options.SmallPassages, _options.Deadline);
        var (smallName, smallRate) = ($"{_options.SmallPassages} passages at {FormatPercent(_options.SmallShare)}", _options.SmallShare * best);
        await phases.MeasureClosedLoopAsync($"{_options.SmallPassages} passages, one at a time", small, 1, cancellationToken).ConfigureAwait(false);
        var alone = await phases.MeasureOpenLoopAsync(smallName, small, smallRate, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var beside = await phases.MeasureOpenLoopBesideJobsAsync(
            $"{smallName} beside {_options.JobPassages}", small, smallRate, Works(1, _options.JobPassages, Patience), cancellationToken).ConfigureAwait(false);
        await CompareDelaysAsync(phases, works, best, cancellationToken).ConfigureAwait(false);

        var raised = beside.P99Milliseconds - alone.P99Milliseconds;
        return new LoadBenchmarkReport
        {
            Model = d.ModelName,
            Precision = d.Precision,
            Provider = d.ExecutionProvider,
            Device = d.Device,
            StartupSeconds = d.StartupTime.TotalSeconds,
            Passages = _options.Passages,
            MeanTokens = pairs.Average(p => p.Length),
            Offline = offline,
            OfflinePairsPerSecond = best,
            SaturatedOverOffline = saturated.PairsPerSecond / best,
            JobRaisesP99By = raised,
            JobRaisesP99ByBatches = raised / beside.BatchMilliseconds,
            Rows = phases.Rows,
        };
    }

    // As many as fill several batches: while some run, others wait, as long as they have to.
    private Task<LoadRow> MeasureSaturatedAsync(LoadPhases phases, WorkItem[] works, double pairsPerSecond, int lanes, CancellationToken cancellationToken)
    {
        var pairs = SaturatingBatches * pairsPerSecond * _options.TargetBatchTime.TotalSeconds;
        var atOnce = (int)Math.Clamp(Math.Ceiling(pairs / _options.Passages), 2 * lanes, MaxAtOnce);
        var patient = Array.ConvertAll(works, w => w with { Remaining = Patience });
        return phases.MeasureClosedLoopAsync($"saturated, {atOnce} requests at once", patient, atOnce, cancellationToken);
    }

    private async Task CompareDelaysAsync(LoadPhases phases, WorkItem[] works, double pairsPerSecond, CancellationToken cancellationToken)
    {
        foreach (var share in _options.DelayShares)
        {
            foreach (var delay in _options.Delays)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{FormatPercent(share)}, delay {delay.TotalMilliseconds:0.#} ms");
                await phases.MeasureOpenLoopAsync(name, works, share * pairsPerSecond, delay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ScoringWorker StartWorker(IInferenceEngine engine, WorkerOptions worker)
        => new(0, [engine], worker, new WorkerGroup(), time, _loggers.CreateLogger<ScoringWorker>());

    private static string FormatPercent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
