using Reranker.Client;

namespace Reranker.LoadTest.Targets;

/// <summary>
/// What a request took beyond its work: from the call of the client to its return, less the time that a worker had it (from
/// the queue to the end of the last batch, on the worker's clock; the longest, where several shared it, because they work at
/// the same time) and less tokenization. Everything else is counted: both ways through the client, sockets, the request
/// grain and the worker grain, planning, packing, and attempts that were lost.
/// </summary>
/// <param name="All">The whole of it.</param>
/// <param name="OutsideGrain">The part between the client and the request grain, both ways.</param>
internal readonly record struct Overhead(TimeSpan All, TimeSpan OutsideGrain)
{
    /// <summary>That of a request; null when a worker did not say how long it had it, which leaves nothing to subtract.</summary>
    public static Overhead? Of(RerankResult result, TimeSpan took)
    {
        var timings = result.Timings;
        return timings.SubBatches > 0 && result.WorkerTime == TimeSpan.Zero
            ? null
            : new Overhead(
                took - result.WorkerTime - TimeSpan.FromMicroseconds(timings.TokenizationMicroseconds),
                took - TimeSpan.FromMicroseconds(timings.TotalMicroseconds));
    }
}
