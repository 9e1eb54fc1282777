namespace Reranker.Simulation.Runs;

/// <summary>What one run came to. Latencies are of answered requests, in milliseconds.</summary>
/// <param name="Case">The run.</param>
/// <param name="Requests">Requests that arrived while it was counted.</param>
/// <param name="Goodput">Tokens of requests that were answered in time while it was counted, by what the fleet can score.</param>
/// <param name="Ok">Share of requests that were answered in time.</param>
/// <param name="Refused">Share of requests that were refused.</param>
/// <param name="SearchP50">Median of requests with 20 to 100 passages.</param>
/// <param name="SearchP99">99th percentile of the same.</param>
/// <param name="SmallP99">99th percentile of requests with 8 passages, which run beside jobs of 1,000.</param>
/// <param name="SmallOk">Share of requests with 8 passages that were answered in time.</param>
/// <param name="HastyOk">Share of requests that claim a short deadline and were answered within it.</param>
/// <param name="BulkOk">Share of jobs that were answered in time.</param>
/// <param name="BulkP99">99th percentile of jobs.</param>
/// <param name="Fairness">Jain's index over tenants of the share of their tokens that was answered in time: 1 is equal, 0.1 is one of ten gets everything.</param>
/// <param name="Wasted">Share of the tokens scored that belonged to no answered request.</param>
/// <param name="FanOut">GPUs a planned request was spread over, on average.</param>
internal sealed record SimulationResult(
    SimulationCase Case,
    int Requests,
    double Goodput,
    double Ok,
    double Refused,
    double SearchP50,
    double SearchP99,
    double SmallP99,
    double SmallOk,
    double HastyOk,
    double BulkOk,
    double BulkP99,
    double Fairness,
    double Wasted,
    double FanOut)
{
    /// <summary>Share of the time in which devices ran a batch.</summary>
    public double BusyShare { get; init; }

    /// <summary>Tokens a second of pairs that were run, whatever became of their requests.</summary>
    public double RunTokensPerSecond { get; init; }

    /// <summary>Tokens a second of requests that were answered in time.</summary>
    public double GoodTokensPerSecond { get; init; }
}
