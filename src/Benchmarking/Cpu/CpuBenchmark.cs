using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;

namespace Reranker.Benchmarking.Cpu;

/// <summary>
/// Measures a model on this machine's processor: the worker, from queue to logits, on equal and on natural lengths, against
/// one padded batch with as many threads.
/// </summary>
public sealed class CpuBenchmark(CpuBenchmarkOptions options, TimeProvider time, ILoggerFactory? loggers = null)
{
    private static readonly int[] PeerBatches = [1, 4, 8, 16, 32];

    private readonly CpuBenchmarkOptions _options = options.Checked();
    private readonly ILoggerFactory _loggers = loggers ?? NullLoggerFactory.Instance;

    /// <summary>Runs it; takes seconds to minutes.</summary>
    /// <param name="models">
    /// The same model in one or more precisions. Both sides of the padded comparison run the first one's graph: give FP32
    /// first, because a graph that takes its ranges over the whole run is not meant for a batch.
    /// </param>
    /// <param name="cancellationToken">Ends it between two measurements.</param>
    public async Task<CpuBenchmarkReport> RunAsync(IReadOnlyList<ModelFolder> models, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentOutOfRangeException.ThrowIfZero(models.Count);
        var rows = new List<CpuBenchmarkRow>();
        var engine = default(EngineDescription);
        foreach (var model in models)
        {
            engine = await MeasureWorkerAsync(model, rows, cancellationToken).ConfigureAwait(false);
        }

        var padded = await MeasurePaddedAsync(models[0], cancellationToken).ConfigureAwait(false);
        rows.Add(padded);
        var peers = _options.PeerGraph is null ? [] : await MeasurePeerAsync(models[^1], _options.PeerGraph, cancellationToken).ConfigureAwait(false);
        rows.AddRange(peers);
        double? FindDense(string precision) => rows.FirstOrDefault(r => r.Request == "dense" && r.Precision == precision)?.PairsPerSecond;
        return new CpuBenchmarkReport
        {
            Device = engine!.Device,
            Runtime = engine.RuntimeVersion,
            Threads = _options.Threads,
            Rows = rows,
            Int8OverFp32 = FindDense(ModelPrecision.Int8.Name) / FindDense(ModelPrecision.Fp32.Name),
            WorkerOverPaddedBatch = rows.First(r => r.Request == "natural").PairsPerSecond / padded.PairsPerSecond,
            WorkerOverPeer = peers.Count == 0 ? null
                : rows.Last(static r => r is { Request: "natural", Path: "worker" }).PairsPerSecond / peers.Max(static r => r.PairsPerSecond),
        };
    }

    private async Task<EngineDescription> MeasureWorkerAsync(ModelFolder model, List<CpuBenchmarkRow> rows, CancellationToken cancellationToken)
    {
        var engine = EngineFactory.CreateDefault(_loggers, time)
            .Load(model, new EngineOptions { Engine = EngineKind.Cpu, CpuThreads = _options.Threads });
        var worker = new ScoringWorker(
            0, [engine], new WorkerOptions { MaxQueueTime = TimeSpan.FromMinutes(10) }, new WorkerGroup(), time, _loggers.CreateLogger<ScoringWorker>());
        await using (worker.ConfigureAwait(false))
        {
            foreach (var request in CreateRequests(model))
            {
                rows.Add(await MeasureRunAsync(model, request, "worker", () => ScoreRequestAsync(worker, model, request), cancellationToken).ConfigureAwait(false));
            }
        }

        return engine.Description;
    }

    private async Task<CpuBenchmarkRow> MeasurePaddedAsync(ModelFolder model, CancellationToken cancellationToken)
    {
        using var batch = new PaddedBatch(model, _options.Threads);
        var request = CreateRequests(model)[1];
        return await MeasureRunAsync(
            model,
            request,
            "padded batch",
            () =>
            {
                batch.RunRequest(request);
                return Task.CompletedTask;
            },
            cancellationToken).ConfigureAwait(false);
    }

    // What is best for it depends on the processor's caches, so it gets to choose.
    private async Task<List<CpuBenchmarkRow>> MeasurePeerAsync(ModelFolder model, string graph, CancellationToken cancellationToken)
    {
        using var batch = new PaddedBatch(graph, _options.Threads);
        var request = CreateRequests(model)[1];
        var rows = new List<CpuBenchmarkRow>();
        foreach (var pairs in PeerBatches)
        {
            var row = await MeasureRunAsync(
                model,
                request,
                $"sorted by {pairs}",
                () =>
                {
                    batch.RunSorted(request, pairs);
                    return Task.CompletedTask;
                },
                cancellationToken).ConfigureAwait(false);
            rows.Add(row with { Model = Path.GetFileName(graph), Precision = "peer" });
        }

        return rows;
    }

    private CpuBenchmarkRequest[] CreateRequests(ModelFolder model)
    {
        var manifest = model.Manifest;
        return
        [
            CpuBenchmarkRequest.CreateDense(_options, manifest.Shape.Vocabulary, manifest.MaxPairTokens),
            CpuBenchmarkRequest.CreateNatural(_options, manifest.Shape.Vocabulary, manifest.MaxPairTokens),
        ];
    }

    private static async Task ScoreRequestAsync(ScoringWorker worker, ModelFolder model, CpuBenchmarkRequest request)
    {
        var result = await worker.ScoreAsync(request.ToWork(model.Manifest.Identity), CancellationToken.None).ConfigureAwait(false);
        if (result.Outcome != WorkOutcome.Ok)
        {
            throw new InvalidOperationException($"The benchmark's request ended {result.Outcome}: {result.Error}");
        }
    }

    private async Task<CpuBenchmarkRow> MeasureRunAsync(
        ModelFolder model, CpuBenchmarkRequest request, string path, Func<Task> run, CancellationToken cancellationToken)
    {
        await run().ConfigureAwait(false);
        var samples = new double[_options.Repetitions];
        for (var i = 0; i < samples.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var start = time.GetTimestamp();
            await run().ConfigureAwait(false);
            samples[i] = time.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(samples);
        var median = samples[samples.Length / 2];
        return new CpuBenchmarkRow(
            request.Name, path, model.Manifest.Name, model.Manifest.Precision, request.Ids.Length, median, request.Lengths.Length * 1000 / median);
    }
}
