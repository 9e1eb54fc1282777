using System.Diagnostics;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>
/// Hands the caller's trace on with every grain call, sampled or not. Orleans' own filter leaves an unsampled trace
/// out, and then every silo starts a sampled trace of its own.
/// </summary>
internal sealed class TraceparentCallFilter : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            RequestContext.Set("traceparent", id);
        }

        return context.Invoke();
    }
}
