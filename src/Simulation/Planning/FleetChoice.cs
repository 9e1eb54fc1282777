using Reranker.Inference.Costs;

namespace Reranker.Simulation.Planning;

/// <summary>One kind of card for a demand: how many of it, and what happens when a node is lost.</summary>
/// <param name="Costs">The card, and the precision of the model.</param>
/// <param name="PairsPerCard">Pairs a second of one card that has more work than it can do.</param>
/// <param name="MostNodes">The most nodes that were tried.</param>
public sealed record FleetChoice(CardCosts Costs, double PairsPerCard, int MostNodes)
{
    /// <summary>The fewest nodes that meet the demand; null where none does.</summary>
    public FleetOutcome? Fewest { get; init; }

    /// <summary>The same with one of them lost, before anybody replaces it.</summary>
    public FleetOutcome OneLost { get; init; } = FleetOutcome.None;

    /// <summary>One node more, which meets the demand while any one is lost.</summary>
    public FleetOutcome? WithSpare { get; init; }

    /// <summary>What comes nearest to the demand where no number of nodes meets it, or the given one does not; null where all that may be tried is too few.</summary>
    public FleetOutcome? Nearest { get; init; }
}
