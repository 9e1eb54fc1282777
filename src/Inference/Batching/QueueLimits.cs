namespace Reranker.Inference.Batching;

/// <summary>What a queue holds at most.</summary>
/// <param name="MaxTokens">Most tokens that wait.</param>
/// <param name="MaxMicroseconds">Longest predicted wait of a new work.</param>
/// <param name="Quantum">Tokens by which flows may differ and still count as even.</param>
internal readonly record struct QueueLimits(long MaxTokens, double MaxMicroseconds, long Quantum);
