namespace Reranker.Fuzz.Running;

/// <summary>What the server held at one moment.</summary>
/// <param name="ResidentMegabytes">Resident memory.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
/// <param name="ActiveRequests">Requests in progress, as it counts them.</param>
/// <param name="HeapMegabytes">The managed heap after its last collection; 0 where it does not say.</param>
internal sealed record ServerState(long ResidentMegabytes, int Handles, long Threads, double ActiveRequests, double HeapMegabytes)
{
    public override string ToString() =>
        $"RSS {ResidentMegabytes} MB, heap {HeapMegabytes:0} MB, {Handles} handles, {Threads} threads, {ActiveRequests:0} requests in progress";
}
