namespace Reranker.Simulation.Planning;

/// <summary>What so many nodes make of a demand.</summary>
/// <param name="Nodes">How many.</param>
/// <param name="Utilization">Share of the time in which cards run.</param>
/// <param name="P50">Half of the answers are there by then.</param>
/// <param name="P99">99 of 100 answers are there by then.</param>
/// <param name="Unanswered">Share of the requests that were refused, or not answered within their deadline.</param>
/// <param name="PairsPerSecond">Pairs a second that were answered in time.</param>
/// <param name="Requests">Requests that were counted.</param>
public sealed record FleetOutcome(
    int Nodes, double Utilization, TimeSpan P50, TimeSpan P99, double Unanswered, double PairsPerSecond, int Requests)
{
    /// <summary>Share of requests that may go unanswered where a demand is met.</summary>
    public const double MaxUnanswered = 0.001;

    /// <summary>No nodes: nothing is answered.</summary>
    public static FleetOutcome None { get; } = new(0, 0, TimeSpan.Zero, TimeSpan.Zero, Unanswered: 1, 0, 0);

    /// <summary>Whether it answers as was asked for.</summary>
    public bool Answers(FleetDemand demand) => Unanswered <= MaxUnanswered && P99 <= demand.P99;

    /// <summary>Whether it does so with the room that was asked for.</summary>
    public bool Meets(FleetDemand demand) => Answers(demand) && Utilization <= demand.MaxUtilization;

    /// <summary>Whether more is asked for than can be done, so that waiting grows until requests are refused.</summary>
    public bool IsOverloaded => Utilization >= 0.99;
}
