using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>Everything a worker counts. Times are in seconds, as OpenTelemetry wants them.</summary>
internal static class WorkerMetrics
{
    private const int SuspendedState = 4;

    private static readonly ConcurrentDictionary<ModelGauges, byte> Models = new();

    private static readonly InstrumentAdvice<double> BatchSeconds = new()
    {
        HistogramBucketBoundaries = [0.0002, 0.0005, 0.001, 0.002, 0.004, 0.006, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 5],
    };

    private static readonly InstrumentAdvice<double> QueueSeconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly InstrumentAdvice<double> Ratios = new()
    {
        HistogramBucketBoundaries = [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2, 4],
    };

    private static readonly Histogram<double> BatchDuration = InferenceTelemetry.Meter.CreateHistogram(
        "reranker.batch.duration", "s", "Time of a run on the device.", tags: null, BatchSeconds);

    private static readonly Histogram<double> PredictionRatio = InferenceTelemetry.Meter.CreateHistogram(
        "reranker.batch.prediction_ratio", "1", "Real over predicted time of a run.", tags: null, Ratios);

    private static readonly Counter<long> Pairs = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.batch.pairs", "{pair}", "Pairs that were run.");

    private static readonly Counter<long> Tokens = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.batch.tokens", "{token}", "Tokens that were run, padding not counted.");

    private static readonly Counter<long> PaddingTokens = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.batch.padding_tokens", "{token}", "Padding that was run.");

    private static readonly Counter<long> Failures = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.batch.failures", "{batch}", "Runs that failed, by fault.");

    private static readonly Counter<long> Suspensions = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.worker.suspensions", "{suspension}", "Times that a device failed whatever it was given and got no more work of the model.");

    private static readonly Counter<long> Works = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.works", "{work}", "Works that ended, by outcome.");

    private static readonly Histogram<double> QueueTime = InferenceTelemetry.Meter.CreateHistogram(
        "reranker.queue.duration", "s", "Longest wait of a pair of a work.", tags: null, QueueSeconds);

    // Observable instruments live in the meter; nothing has to hold them.
    static WorkerMetrics()
    {
        InferenceTelemetry.Meter.CreateObservableGauge(
            "reranker.queue.tokens", () => ObserveModels(m => m.WaitingTokens), "{token}", "Tokens that wait.");
        InferenceTelemetry.Meter.CreateObservableGauge(
            "reranker.worker.state", () => ObserveModels(NumberState), "1", "0 ready, 1 draining, 2 lost, 3 stopped, 4 suspended.");
        InferenceTelemetry.Meter.CreateObservableGauge(
            "reranker.worker.tokens_per_second", () => ObserveModels(m => m.TokensPerSecond), "{token}/s", "Rate when busy.");
        InferenceTelemetry.Meter.CreateObservableGauge(
            "reranker.worker.batch_limit", () => ObserveModels(m => m.MaxBatchTokens), "{token}", "Most tokens of a batch now; less after memory ran out.");
        InferenceTelemetry.Meter.CreateObservableGauge(
            "reranker.worker.fallback", ObserveFallbacks, "1", "1 where a faster engine did not work; the tag reason says why.");
        InferenceTelemetry.Meter.CreateObservableCounter(
            "reranker.worker.busy", () => ObserveModels(m => m.BusySeconds), "s", "Time that the device was busy, summed over lanes.");
    }

    public static void AddModel(ModelGauges model) => Models.TryAdd(model, 0);

    public static void RemoveModel(ModelGauges model) => Models.TryRemove(model, out _);

    public static void RecordRun(EngineDescription engine, int pairs, long tokens, long padding, double microseconds, double predicted)
    {
        var tags = CreateTags(engine);
        BatchDuration.Record(microseconds / 1e6, tags);
        if (predicted > 0)
        {
            PredictionRatio.Record(microseconds / predicted, tags);
        }

        Pairs.Add(pairs, tags);
        Tokens.Add(tokens, tags);
        PaddingTokens.Add(padding, tags);
    }

    public static void CountFailure(EngineDescription engine, EngineFault fault)
    {
        var tags = CreateTags(engine);
        tags.Add("fault", fault.ToString());
        Failures.Add(1, tags);
    }

    public static void CountSuspension(EngineDescription engine) => Suspensions.Add(1, CreateTags(engine));

    public static void RecordEnd(EngineDescription engine, WorkResult result)
    {
        var tags = CreateTags(engine);
        QueueTime.Record(result.QueueTime.TotalSeconds, tags);
        tags.Add("outcome", result.Outcome.ToString());
        Works.Add(1, tags);
    }

    // A runner that drains may be suspended too, and one that is lost has no need of it.
    private static double NumberState(ModelGauges model)
        => model.Phase is RunnerPhase.Ready or RunnerPhase.Draining && model.IsSuspended ? SuspendedState : (int)model.Phase;

    private static TagList CreateTags(EngineDescription engine) => new()
    {
        { "model", engine.ModelName },
        { "provider", engine.ExecutionProvider },
    };

    private static IEnumerable<Measurement<int>> ObserveFallbacks()
    {
        foreach (var model in Models.Keys)
        {
            var engine = model.Engine;
            yield return new Measurement<int>(
                engine.FallbackReason is null ? 0 : 1,
                new KeyValuePair<string, object?>("worker", model.Worker),
                new KeyValuePair<string, object?>("model", engine.ModelName),
                new KeyValuePair<string, object?>("provider", engine.ExecutionProvider),
                new KeyValuePair<string, object?>("precision", engine.Precision),
                new KeyValuePair<string, object?>("reason", engine.FallbackReason ?? ""));
        }
    }

    private static IEnumerable<Measurement<double>> ObserveModels(Func<ModelGauges, double> value)
    {
        foreach (var model in Models.Keys)
        {
            yield return new Measurement<double>(
                value(model),
                new KeyValuePair<string, object?>("worker", model.Worker),
                new KeyValuePair<string, object?>("model", model.Engine.ModelName),
                new KeyValuePair<string, object?>("provider", model.Engine.ExecutionProvider));
        }
    }
}
