using System.Diagnostics;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Telemetry;

/// <summary>The span of a batch: of no request, so it is a root of its own, and links to every request it serves.</summary>
internal static class BatchActivity
{
    public static Activity? Start(EngineDescription engine, Batch batch, bool padded, double predicted)
    {
        if (!InferenceTelemetry.Source.HasListeners())
        {
            return null;
        }

        var links = new HashSet<ActivityContext>();
        foreach (var pair in batch.Pairs)
        {
            if (pair.Work.Work.Parent != default)
            {
                links.Add(pair.Work.Work.Parent);
            }
        }

        var activity = InferenceTelemetry.Source.StartActivity(
            "batch", ActivityKind.Internal, parentContext: default, links: links.Select(l => new ActivityLink(l)));
        return activity?
            .SetTag("model", engine.ModelName)
            .SetTag("provider", engine.ExecutionProvider)
            .SetTag("pairs", batch.Count)
            .SetTag("tokens", batch.Tokens)
            .SetTag("padded_tokens", padded ? (long)batch.Count * batch.Longest : batch.Tokens)
            .SetTag("predicted_us", (long)predicted);
    }
}
