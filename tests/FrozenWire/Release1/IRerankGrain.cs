namespace Reranker.FrozenWire;

[Alias("reranker.rerank")]
internal interface IRerankGrain : IGrainWithIntegerKey
{
    [Alias("rerank")]
    Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken);
}
