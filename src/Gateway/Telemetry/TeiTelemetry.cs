using System.Diagnostics.Metrics;

namespace Reranker.Gateway.Telemetry;

/// <summary>
/// Requests under the names that dashboards of Text Embeddings Inference read. What its counters count is an up-and-down counter here,
/// because Prometheus' exporter gives counters a suffix that those names do not have; their rates are the same.
/// </summary>
internal static class TeiTelemetry
{
    private static readonly Meter Meter = new("Reranker.Tei");
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] Tokens = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    internal static readonly UpDownCounter<long> RequestCount = Meter.CreateUpDownCounter<long>("te_request_count");
    internal static readonly UpDownCounter<long> RequestSuccess = Meter.CreateUpDownCounter<long>("te_request_success");
    internal static readonly UpDownCounter<long> RequestFailure = Meter.CreateUpDownCounter<long>("te_request_failure");
    internal static readonly UpDownCounter<long> PredictCount = Meter.CreateUpDownCounter<long>("te_predict_count");
    internal static readonly UpDownCounter<long> PredictSuccess = Meter.CreateUpDownCounter<long>("te_predict_success");
    internal static readonly Histogram<double> RequestDuration = CreateHistogram<double>("te_request_duration", Seconds);
    internal static readonly Histogram<double> TokenizationDuration = CreateHistogram<double>("te_request_tokenization_duration", Seconds);
    internal static readonly Histogram<double> QueueDuration = CreateHistogram<double>("te_request_queue_duration", Seconds);
    internal static readonly Histogram<double> InferenceDuration = CreateHistogram<double>("te_request_inference_duration", Seconds);
    internal static readonly Histogram<int> InputLength = CreateHistogram<int>("te_request_input_length", Tokens);

    private static Histogram<T> CreateHistogram<T>(string name, double[] bounds)
        where T : struct
        => Meter.CreateHistogram(name, advice: new InstrumentAdvice<T> { HistogramBucketBoundaries = [.. bounds.Select(static bound => (T)Convert.ChangeType(bound, typeof(T), null))] });
}
