using System.Diagnostics.Metrics;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Tokenization;

/// <summary>What tokenization reports. Numbers only: no text, no ids.</summary>
internal static class TokenizationMetrics
{
    private static readonly Histogram<double> Duration = InferenceTelemetry.Meter.CreateHistogram(
        "reranker.tokenization.duration", "s", "Time from a request's arrival to its ids, waiting included.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30] });

    private static readonly Counter<long> Texts = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.tokenization.texts", "{text}", "Queries and passages that were tokenized.");

    private static readonly Counter<long> Tokens = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.tokenization.tokens", "{token}", "Tokens that were kept, special tokens not counted.");

    private static readonly Counter<long> CutPassages = InferenceTelemetry.Meter.CreateCounter<long>(
        "reranker.tokenization.cut_passages", "{passage}", "Passages that lost tokens to a limit.");

    public static void RecordRequest(TokenizedRequest request, TimeSpan elapsed)
    {
        Duration.Record(elapsed.TotalSeconds);
        if (!Texts.Enabled && !Tokens.Enabled && !CutPassages.Enabled)
        {
            return;
        }

        Texts.Add(request.PassageIds.Length + 1);
        Tokens.Add(request.QueryIds.Length + request.PassageIds.Sum(static ids => (long)ids.Length));
        if (request.CutTokens is { } cut)
        {
            CutPassages.Add(cut.Count(static tokens => tokens > 0));
        }
    }
}
