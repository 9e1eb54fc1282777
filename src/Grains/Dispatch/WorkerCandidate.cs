namespace Reranker.Grains.Dispatch;

/// <summary>A worker as the planner sees it.</summary>
/// <param name="StartSeconds">Expected time until work sent now would start: its queue and the way to it and back.</param>
/// <param name="TokensPerSecond">How fast it works.</param>
/// <param name="IsLocal">True for a worker of the planning silo, which costs no way over the network.</param>
internal readonly record struct WorkerCandidate(double StartSeconds, double TokensPerSecond, bool IsLocal = false)
{
    /// <summary>Expected time until <paramref name="tokens"/> sent now would be scored, in seconds.</summary>
    public double EstimateFinish(double tokens) => StartSeconds + (tokens / TokensPerSecond);
}
