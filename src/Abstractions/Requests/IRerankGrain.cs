using Orleans.Concurrency;

namespace Reranker.Requests;

/// <summary>
/// Takes a whole request on any silo: tokenizes, splits into sub-batches, fans out over workers, assembles the logits.
/// The key is a shard number chosen by the caller (see <see cref="RerankShards"/>); it carries no state.
/// </summary>
[Alias("reranker.rerank")]
public interface IRerankGrain : IGrainWithIntegerKey
{
    /// <summary>Scores every passage of the request; failures are values in <see cref="RerankReply.Outcome"/>.</summary>
    [Alias("rerank")]
    Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Answers at once, so that a caller whose answer is late can tell a silo that has much to do from one that does not
    /// answer at all. It does not wait for requests of the same key.
    /// </summary>
    /// <returns>Address of the silo, as in <see cref="RerankReply.Silo"/>. After a silo is lost, another one answers for its keys.</returns>
    [Alias("present"), AlwaysInterleave]
    Task<string> ConfirmPresenceAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Waits for scores of a request that is under way on this silo, and tells those that were not told yet. It does not wait for
    /// requests of the same key. What it tells is also in the reply of the request, so that nothing is lost with an answer of this.
    /// </summary>
    /// <param name="partsId">The request's <see cref="RerankRequest.PartsId"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("parts"), AlwaysInterleave]
    Task<RerankParts> AwaitPartsAsync(Guid partsId, CancellationToken cancellationToken);
}
