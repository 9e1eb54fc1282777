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
}
