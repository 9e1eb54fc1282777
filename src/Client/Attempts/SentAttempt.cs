using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>One sending of a request.</summary>
/// <param name="Shard">Where it went.</param>
/// <param name="Reply">Its answer.</param>
internal sealed record SentAttempt(int Shard, Task<RerankReply> Reply);
