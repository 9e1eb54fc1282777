using System.Diagnostics.Metrics;
using Reranker.Grains.Telemetry;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>Counts requests and what was scored for them.</summary>
internal static class RequestMetrics
{
    private static readonly Counter<long> Requests =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.requests", "{request}", "Requests by outcome.");

    private static readonly Histogram<double> Duration = GrainsTelemetry.Meter.CreateHistogram(
        "reranker.request.duration",
        "s",
        "Time of a request on the silo that took it.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });

    private static readonly Counter<long> Answers =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.answers", "{request}", "Answered requests by the model that scored them, its identity included.");

    private static readonly Counter<long> Passages =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.passages", "{passage}", "Passages of answered requests.");

    private static readonly Counter<long> Tokens =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.tokens", "{token}", "Tokens that devices scored for answered requests, special tokens included.");

    private static readonly Counter<long> SavedTokens =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.tokens.saved", "{token}", "Tokens of answered requests that no device had to score, by reason.");

    private static readonly Counter<long> Restarts =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.restarts", "{request}", "Requests started again because their model identity vanished.");

    public static void CountRequest(RerankOutcome outcome, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome.ToString());
        Requests.Add(1, tag);
        Duration.Record(duration.TotalSeconds, tag);
    }

    public static void CountCancelled() => Requests.Add(1, new KeyValuePair<string, object?>("outcome", "Cancelled"));

    public static void CountAnswer(string model, string identity, int passages, long tokens, long duplicateTokens, long cachedTokens)
    {
        Answers.Add(1, new KeyValuePair<string, object?>("model", model), new KeyValuePair<string, object?>("identity", identity));
        Passages.Add(passages);
        Tokens.Add(tokens);
        SavedTokens.Add(duplicateTokens, new KeyValuePair<string, object?>("reason", "Duplicate"));
        SavedTokens.Add(cachedTokens, new KeyValuePair<string, object?>("reason", "Cached"));
    }

    public static void CountRestart() => Restarts.Add(1);
}
