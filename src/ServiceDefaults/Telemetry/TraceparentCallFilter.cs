using System.Diagnostics;

namespace Reranker.ServiceDefaults.Telemetry;

/// <summary>
/// Hands the caller's trace on with every grain call, sampled or not. Orleans' own filter leaves an unsampled trace
/// out, and then every silo starts a sampled trace of its own. A call that no request asked for, of a warm-up, a poll or a load
/// report, has no trace to hand on and would start one in the same way: it goes out as part of one that is not sampled.
/// </summary>
internal sealed class TraceparentCallFilter : IOutgoingGrainCallFilter
{
    private static readonly Activity Background = StartUnsampled();

    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
        => Activity.Current is null ? InvokeUnsampledAsync(context) : InvokeAsync(context);

    // A method of its own, because what it makes the ambient activity is that until it ends.
    private static async Task InvokeUnsampledAsync(IOutgoingGrainCallContext context)
    {
        Activity.Current = Background;
        await InvokeAsync(context);
    }

    private static Task InvokeAsync(IOutgoingGrainCallContext context)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            RequestContext.Set("traceparent", id);
        }

        return context.Invoke();
    }

    // Never stopped: it is of no source, so nobody listens to it, and it is the parent of all that must not be sampled.
    private static Activity StartUnsampled()
    {
        var current = Activity.Current;
        var activity = new Activity("background")
            .SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None)
            .Start();
        Activity.Current = current;
        return activity;
    }
}
