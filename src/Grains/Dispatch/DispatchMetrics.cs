using System.Diagnostics.Metrics;
using Reranker.Grains.Telemetry;

namespace Reranker.Grains.Dispatch;

/// <summary>Counts how requests are split, and what the repetitions of their parts cost.</summary>
internal static class DispatchMetrics
{
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

    public static void CountPlan(int subBatches, int workers)
    {
        SubBatches.Add(subBatches);
        FanOut.Record(workers);
    }

    public static void CountAttempt(AttemptEnd end, long tokens)
    {
        var tag = new KeyValuePair<string, object?>("reason", end.ToString());
        Attempts.Add(1, tag);
        if (end is AttemptEnd.Lost or AttemptEnd.Failed or AttemptEnd.Late)
        {
            WastedTokens.Add(tokens, tag);
        }
    }

    public static void CountCopy(AttemptKind kind, long tokens)
        => CopiedTokens.Add(tokens, new KeyValuePair<string, object?>("reason", kind.ToString()));

    /// <summary>A run was given up because its identity vanished: whatever was scored of it is void.</summary>
    public static void CountDiscardedTokens(long tokens) => WastedTokens.Add(tokens, new KeyValuePair<string, object?>("reason", "Restarted"));
}
