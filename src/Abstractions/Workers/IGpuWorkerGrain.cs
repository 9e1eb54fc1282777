using Orleans.Concurrency;

namespace Reranker.Workers;

/// <summary>
/// The address of one worker: one device (a GPU, or the CPU) of one silo. The key is <c>{SiloAddress}#{ordinal}</c>; it
/// names a process life, so a restarted silo has new workers.
/// </summary>
[Alias("reranker.gpu-worker")]
public interface IGpuWorkerGrain : IGrainWithStringKey
{
    /// <summary>Scores a sub-batch; failures are values in <see cref="ScoreReply.Outcome"/>.</summary>
    [Alias("score")]
    Task<ScoreReply> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken);

    /// <summary>The worker's load now.</summary>
    [Alias("load"), AlwaysInterleave]
    Task<WorkerLoad> GetLoadAsync(CancellationToken cancellationToken);

    /// <summary>How far the worker is with a request, and its load.</summary>
    /// <param name="modelIdentity">Identity the request is pinned to.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="cancellationToken">Ends the question, not the work.</param>
    [Alias("progress"), AlwaysInterleave]
    Task<WorkProgress> GetProgressAsync(string modelIdentity, Guid requestId, CancellationToken cancellationToken);
}
