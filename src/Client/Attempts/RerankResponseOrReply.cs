using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>What the attempts came to: a silo's reply, or a failure of this side's own making. Exactly one is set.</summary>
internal readonly record struct RerankResponseOrReply(RerankReply? Reply, RerankResponse? Failure);
