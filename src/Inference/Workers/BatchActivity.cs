using System.Diagnostics;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>
/// The span of a batch: of no request, so it is a root of its own, and links to every sampled request it serves. One that serves
/// none, of a warm-up or of requests that nobody traces, has no span; one that serves some is sampled because they are, and not by
/// chance once more.
/// </summary>
internal static class BatchActivity
{
    public static Activity? StartSpan(EngineDescription engine, Batch batch, bool padded, double predicted)
    {
        if (!InferenceTelemetry.Source.HasListeners())
        {
            return null;
        }

        HashSet<ActivityContext>? links = null;
        foreach (var pair in batch.Pairs)
        {
            if ((pair.Owner.Item.Parent.TraceFlags & ActivityTraceFlags.Recorded) != 0)
            {
                (links ??= []).Add(pair.Owner.Item.Parent);
            }
        }

        if (links is null)
        {
            return null;
        }

        var activity = InferenceTelemetry.Source.StartActivity(
            "batch", ActivityKind.Internal, Sampled(), links: links.Select(l => new ActivityLink(l)));
        return activity?
            .SetTag("model", engine.ModelName)
            .SetTag("provider", engine.ExecutionProvider)
            .SetTag("pairs", batch.Count)
            .SetTag("tokens", batch.Tokens)
            .SetTag("padded_tokens", padded ? (long)batch.Count * batch.Longest : batch.Tokens)
            .SetTag("predicted_us", (long)predicted);
    }

    // A trace whose first span has no parent, and is sampled already.
    private static ActivityContext Sampled() => new(ActivityTraceId.CreateRandom(), spanId: default, ActivityTraceFlags.Recorded);
}
