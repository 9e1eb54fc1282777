namespace Reranker.Inference.Batching;

/// <summary>How large a batch may be now.</summary>
/// <param name="MaxPairs">Most pairs.</param>
/// <param name="MaxTokens">Most tokens, padding counted where the form pads.</param>
/// <param name="TargetMicroseconds">The time budget; a single pair may exceed it.</param>
internal readonly record struct BatchLimits(int MaxPairs, int MaxTokens, double TargetMicroseconds);
