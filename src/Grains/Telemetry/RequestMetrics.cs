using System.Diagnostics.Metrics;
using Reranker.Grains.Dispatch;
using Reranker.Requests;

namespace Reranker.Grains.Telemetry;

/// <summary>Counts requests, their work, and what repetitions cost.</summary>
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

    private static readonly Counter<long> SubBatches =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.sub_batches", "{sub-batch}", "Sub-batches planned.");

    private static readonly Histogram<int> FanOut = GrainsTelemetry.Meter.CreateHistogram(
        "reranker.fan_out",
        "{worker}",
        "Workers a request was spread over.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32] });

    private static readonly Counter<long> Attempts =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.attempts", "{attempt}", "Attempts to have a sub-batch scored, by how they ended.");

    private static readonly Counter<long> WastedTokens =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.tokens.wasted", "{token}", "Tokens sent to a worker without a used result, by reason.");

    private static readonly Counter<long> CopiedTokens = GrainsTelemetry.Meter.CreateCounter<long>(
        "reranker.tokens.copied", "{token}", "Tokens sent once more while an earlier copy had no answer: Hedge (stuck) or Resend (its silo does not answer, or its worker lost it). Both are rationed.");

    private static readonly Counter<long> Restarts =
        GrainsTelemetry.Meter.CreateCounter<long>("reranker.restarts", "{request}", "Requests started again because their model identity vanished.");

    public static void Finished(RerankOutcome outcome, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome.ToString());
        Requests.Add(1, tag);
        Duration.Record(duration.TotalSeconds, tag);
    }

    public static void Cancelled() => Requests.Add(1, new KeyValuePair<string, object?>("outcome", "Cancelled"));

    public static void Scored(string model, string identity, int passages, long tokens, long duplicateTokens, long cachedTokens)
    {
        Answers.Add(1, new KeyValuePair<string, object?>("model", model), new KeyValuePair<string, object?>("identity", identity));
        Passages.Add(passages);
        Tokens.Add(tokens);
        SavedTokens.Add(duplicateTokens, new KeyValuePair<string, object?>("reason", "Duplicate"));
        SavedTokens.Add(cachedTokens, new KeyValuePair<string, object?>("reason", "Cached"));
    }

    public static void Planned(int subBatches, int workers)
    {
        SubBatches.Add(subBatches);
        FanOut.Record(workers);
    }

    public static void Attempted(AttemptEnd end, long tokens)
    {
        var tag = new KeyValuePair<string, object?>("reason", end.ToString());
        Attempts.Add(1, tag);
        if (end is AttemptEnd.Lost or AttemptEnd.Failed or AttemptEnd.Late)
        {
            WastedTokens.Add(tokens, tag);
        }
    }

    public static void Copied(AttemptKind kind, long tokens)
        => CopiedTokens.Add(tokens, new KeyValuePair<string, object?>("reason", kind.ToString()));

    public static void Restarted() => Restarts.Add(1);

    /// <summary>A run was given up because its identity vanished: whatever was scored of it is void.</summary>
    public static void Discarded(long tokens) => WastedTokens.Add(tokens, new KeyValuePair<string, object?>("reason", "Restarted"));
}
