namespace Reranker.Fuzz.Oracle;

/// <summary>The right scores of a call.</summary>
/// <param name="Logits">A logit a passage; null when a pair is too long and must not be cut.</param>
/// <param name="Tokens">Tokens of all pairs; null where they are not known.</param>
/// <param name="Truncated">What X-Reranker-Truncated must say: null for nothing, -1 where it is not known.</param>
internal sealed record ScoredPassages(float[]? Logits, long? Tokens = null, int? Truncated = -1);
