namespace Reranker.Inference.Costs;

/// <summary>The limits of an engine that its cost model must know.</summary>
/// <param name="MaxPairTokens">Most tokens of a pair.</param>
/// <param name="MaxBatchPairs">Most pairs of a batch.</param>
/// <param name="MaxBatchTokens">Most tokens of a batch.</param>
/// <param name="Lanes">Runs at once.</param>
public readonly record struct CostLimits(int MaxPairTokens, int MaxBatchPairs, int MaxBatchTokens, int Lanes);
