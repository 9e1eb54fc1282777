using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>One sending of a request.</summary>
/// <param name="Shard">Where it went.</param>
/// <param name="Silo">Who answered for that shard before; null when nobody did.</param>
/// <param name="Reply">Its answer.</param>
/// <param name="IsForlorn">Whether it was sent though no silo could be reached.</param>
internal sealed record SentAttempt(int Shard, string? Silo, Task<RerankReply> Reply, bool IsForlorn = false);
