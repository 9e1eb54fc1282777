namespace Reranker.Client.Attempts;

/// <summary>One sending of a request.</summary>
/// <param name="Shard">Where it went.</param>
/// <param name="Silo">Who answered for that shard before; null when nobody did.</param>
/// <param name="IsTrial">Whether it was sent though no silo could be reached: it finds out whether one can.</param>
internal readonly record struct SentAttempt(int Shard, string? Silo, bool IsTrial);
