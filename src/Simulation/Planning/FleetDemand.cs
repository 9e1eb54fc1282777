namespace Reranker.Simulation.Planning;

/// <summary>What a fleet is to serve, and how well.</summary>
public sealed record FleetDemand
{
    /// <summary>Requests a second on average.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Passages of a request.</summary>
    public required int Passages { get; init; }

    /// <summary>Tokens of an average passage, of log-normal lengths; of no account where there are <see cref="PassageTokens"/>.</summary>
    public double MeanPassageTokens { get; init; } = 128;

    /// <summary>Tokens of real passages, from which lengths are drawn; empty for log-normal ones.</summary>
    public IReadOnlyList<int> PassageTokens { get; init; } = [];

    /// <summary>Tokens of a query.</summary>
    public int QueryTokens { get; init; } = 12;

    /// <summary>99 of 100 answers must be there by then.</summary>
    public required TimeSpan P99 { get; init; }

    /// <summary>Time that a request has; what cannot end by then is refused.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times as often requests arrive in bursts, which take a tenth of the time; 1 for none, 10 at most.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>Largest share of the time in which cards may run: cards of one kind differ, and loads are not as even as they are planned.</summary>
    public double MaxUtilization { get; init; } = 0.85;

    /// <summary>Cards of a node: what is lost together.</summary>
    public int CardsPerNode { get; init; } = 1;

    /// <summary>Most nodes that are tried.</summary>
    public int MaxNodes { get; init; } = 256;

    /// <summary>How many nodes there are; null to find the fewest that are enough.</summary>
    public int? Nodes { get; init; }

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;
}
