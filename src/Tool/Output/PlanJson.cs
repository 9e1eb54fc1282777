using System.Text.Json;
using System.Text.Json.Serialization;
using Reranker.Simulation.Planning;

namespace Reranker.Tool.Output;

/// <summary>A plan for programs.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(PlanReport))]
internal sealed partial class PlanJson : JsonSerializerContext
{
    public static string FormatPlan(FleetDemand demand, IReadOnlyList<FleetChoice> choices)
        => JsonSerializer.Serialize(Output.PlanReport.FromPlan(demand, choices), Default.PlanReport);
}

/// <summary>What was asked, and what each kind of card makes of it.</summary>
internal sealed record PlanReport(
    double RequestsPerSecond,
    int Passages,
    double MeanPassageTokens,
    double Burst,
    double P99Milliseconds,
    double DeadlineMilliseconds,
    int CardsPerNode,
    int Seed,
    IReadOnlyList<PlannedCard> Choices)
{
    public static PlanReport FromPlan(FleetDemand demand, IReadOnlyList<FleetChoice> choices) => new(
        demand.RequestsPerSecond,
        demand.Passages,
        demand.PassageTokens.Count > 0 ? demand.PassageTokens.Average() : demand.MeanPassageTokens,
        demand.Burst,
        demand.P99.TotalMilliseconds,
        demand.Deadline.TotalMilliseconds,
        demand.CardsPerNode,
        demand.Seed,
        [.. choices.Select(PlannedCard.FromChoice)]);
}

/// <summary>A kind of card. When and with what its costs were measured is null where it is not told. The fleets are null where no number of nodes is enough; the nearest one is null where one is.</summary>
internal sealed record PlannedCard(
    string Device,
    string Model,
    string Precision,
    string Provider,
    string Source,
    DateOnly? MeasuredOn,
    string? Runtime,
    string? Kernels,
    bool? KernelsAreCurrent,
    double SaturatedPairsPerSecond,
    bool IsMet,
    PlannedFleet? Fewest,
    PlannedFleet? OneLost,
    PlannedFleet? WithSpare,
    PlannedFleet? Nearest)
{
    public static PlannedCard FromChoice(FleetChoice choice) => new(
        choice.Costs.Device,
        choice.Costs.Model,
        choice.Costs.Precision,
        choice.Costs.Provider,
        choice.Costs.Source,
        choice.Costs.MeasuredOn,
        choice.Costs.Runtime,
        choice.Costs.Kernels,
        CostAge.IsOfCurrentKernels(choice.Costs),
        choice.PairsPerCard,
        choice.Fewest is not null,
        PlannedFleet.FromOutcome(choice.Fewest),
        choice.Fewest is null ? null : PlannedFleet.FromOutcome(choice.OneLost),
        PlannedFleet.FromOutcome(choice.WithSpare),
        PlannedFleet.FromOutcome(choice.Nearest));
}

/// <summary>So many nodes, and what they do.</summary>
internal sealed record PlannedFleet(
    int Nodes, double Utilization, double P50Milliseconds, double P99Milliseconds, double UnansweredShare, double PairsPerSecond, int SimulatedRequests)
{
    public static PlannedFleet? FromOutcome(FleetOutcome? outcome) => outcome is null
        ? null
        : new PlannedFleet(
            outcome.Nodes,
            outcome.Utilization,
            outcome.P50.TotalMilliseconds,
            outcome.P99.TotalMilliseconds,
            outcome.Unanswered,
            outcome.PairsPerSecond,
            outcome.Requests);
}
