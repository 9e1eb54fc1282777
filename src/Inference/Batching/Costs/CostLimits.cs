using Reranker.Inference.Engines;

namespace Reranker.Inference.Batching.Costs;

/// <summary>The limits of an engine that its cost model must know.</summary>
/// <param name="MaxPairTokens">Most tokens of a pair.</param>
/// <param name="MaxBatchPairs">Most pairs of a batch.</param>
/// <param name="MaxBatchTokens">Most tokens of a batch.</param>
/// <param name="Lanes">Runs at once.</param>
public readonly record struct CostLimits(int MaxPairTokens, int MaxBatchPairs, int MaxBatchTokens, int Lanes)
{
    /// <summary>The limits of a described engine.</summary>
    public static CostLimits Of(EngineDescription description)
        => new(description.MaxPairTokens, description.MaxBatchPairs, description.MaxBatchTokens, description.Lanes);
}
