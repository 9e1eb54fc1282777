using System.Text.Json.Serialization;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Runs;

namespace Reranker.OrderComparison.Reports;

/// <summary>Which GPUs a fleet has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FleetKind>))]
internal enum FleetKind
{
    /// <summary>All like an H100.</summary>
    H100,

    /// <summary>All like an A10G.</summary>
    A10G,

    /// <summary>Every second silo of H100s, the others of A10Gs.</summary>
    Mixed,
}

/// <summary>The cards of a kind of fleet.</summary>
internal static class FleetKinds
{
    /// <summary>One for every silo in turn.</summary>
    public static IReadOnlyList<Card> ListCards(this FleetKind fleet) => fleet switch
    {
        FleetKind.H100 => [Card.H100],
        FleetKind.A10G => [Card.A10G],
        _ => [Card.H100, Card.A10G],
    };
}

/// <summary>What a run came to, with what was asked for as it is told.</summary>
internal sealed record ComparedRun(FleetKind Fleet, SimulationResult Result);
