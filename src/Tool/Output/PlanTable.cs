using System.Globalization;
using System.Text;
using Reranker.Inference.Costs;
using Reranker.Simulation.Planning;

namespace Reranker.Tool.Output;

/// <summary>A plan as plain text: a line a fleet, then what follows from it and where the costs are from.</summary>
internal static class PlanTable
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string FormatPlan(FleetDemand demand, IReadOnlyList<FleetChoice> choices)
    {
        var text = new StringBuilder();
        AppendDemand(text, demand);
        text.AppendLine(
            Culture, $"{"card",-18}{"precision",-10}{"nodes",6}{"cards",6}{"busy",6}{"p50",9}{"p99",9}{"unanswered",12}{"pairs/s",10}{"a card does",12}  one node lost");
        foreach (var choice in choices)
        {
            foreach (var (fleet, lost) in ListFleets(demand, choice))
            {
                AppendFleet(text, demand, choice, fleet, lost);
            }
        }

        foreach (var choice in choices)
        {
            text.AppendLine().Append(Culture, $"{NameCard(choice.Costs)}: {DescribeChoice(demand, choice)}").AppendLine();
            text.AppendLine(Culture, $"  costs: {choice.Costs.Source}");
            text.AppendLine(Culture, $"  measured: {CostAge.Describe(choice.Costs)}");
        }

        return text.AppendLine()
            .AppendLine(Culture, $"Simulated with the queue, batches and admission of the product, seed {demand.Seed}. Cards of one kind differ by some percent; measure before you buy.")
            .ToString();
    }

    private static void AppendDemand(StringBuilder text, FleetDemand demand)
    {
        var lengths = demand.PassageTokens.Count > 0
            ? string.Create(Culture, $"lengths like {demand.PassageTokens.Count} given ones, {demand.PassageTokens.Average():0} tokens on average")
            : string.Create(Culture, $"{demand.MeanPassageTokens:0.#} tokens on average");
        var bursts = demand.Burst > 1 ? string.Create(Culture, $", {demand.Burst:0.#} times as many in bursts") : "";
        text.AppendLine(
            Culture,
            $"{demand.RequestsPerSecond:0.##} requests/s of {demand.Passages} passages ({demand.RequestsPerSecond * demand.Passages:0} pairs/s){bursts}; passages: {lengths}");
        text.AppendLine(Culture, $"wanted: p99 {FormatTime(demand.P99)}, at most {FleetOutcome.MaxUnanswered:P1} unanswered within {FormatTime(demand.Deadline)}, cards at most {demand.MaxUtilization * 100:0} % busy").AppendLine();
    }

    private static IEnumerable<(FleetOutcome Fleet, FleetOutcome? Lost)> ListFleets(FleetDemand demand, FleetChoice choice)
    {
        if (choice is { Fewest: { } fewest, WithSpare: { } spare })
        {
            yield return (fewest, choice.OneLost);
            yield return (spare, fewest);
        }
        else if (choice.Nearest is { } nearest)
        {
            yield return (nearest, demand.Nodes is null ? null : choice.OneLost);
        }
    }

    private static void AppendFleet(StringBuilder text, FleetDemand demand, FleetChoice choice, FleetOutcome fleet, FleetOutcome? lost) => text.AppendLine(
        Culture,
        $"{ShortenDevice(choice.Costs),-18}{choice.Costs.Precision,-10}{fleet.Nodes,6}{fleet.Nodes * demand.CardsPerNode,6}{fleet.Utilization * 100,4:0} %{FormatTime(fleet.P50),9}{FormatTime(fleet.P99),9}{fleet.Unanswered * 100,10:0.#} %{fleet.PairsPerSecond,10:0}{choice.PairsPerCard,12:0}  {DescribeLoss(demand, lost)}");

    private static string DescribeLoss(FleetDemand demand, FleetOutcome? lost) => lost switch
    {
        null => "–",
        { Nodes: 0 } => "nothing is answered",
        _ when lost.Answers(demand) => string.Create(Culture, $"holds: p99 {FormatTime(lost.P99)}"),
        _ => string.Create(Culture, $"p99 {FormatTime(lost.P99)}, {lost.Unanswered * 100:0.#} % unanswered{(lost.IsOverloaded ? ", overloaded" : "")}"),
    };

    private static string DescribeChoice(FleetDemand demand, FleetChoice choice) => choice switch
    {
        { Fewest: { } fewest, WithSpare: { } spare } => string.Create(
            Culture,
            $"{(demand.Nodes is null ? "the fewest that meet it are " : "it is met by ")}{CountNodes(demand, fewest)}; {DescribeSpare(demand, choice.OneLost, spare)}"),
        { Nearest: { } nearest } when demand.Nodes is not null => string.Create(Culture, $"it is not met by {CountNodes(demand, nearest)}{(nearest.Answers(demand) ? ": they answer in time, busier than they may be" : "")}"),
        { Nearest: { } nearest } when nearest.Nodes < choice.MostNodes || nearest.Utilization < 0.1 => string.Create(
            Culture, $"no number of them meets it: of a fleet that has nothing else to do 99 of 100 answers take up to {FormatTime(nearest.P99)}"),
        _ => string.Create(Culture, $"{choice.MostNodes} nodes do not meet it, and more are tried with --max-nodes alone"),
    };

    private static string DescribeSpare(FleetDemand demand, FleetOutcome lost, FleetOutcome spare)
    {
        if (lost.Answers(demand))
        {
            return "it holds with one of them lost, no spare is needed";
        }

        var until = lost.Nodes == 0
            ? "with it lost nothing is answered"
            : lost.Unanswered <= FleetOutcome.MaxUnanswered && !lost.IsOverloaded
                ? "with one lost all is answered in its deadline, later than wanted"
                : string.Create(Culture, $"with one lost {Math.Max(lost.Unanswered, 0.001) * 100:0.#} % or more is not answered");
        return string.Create(Culture, $"{until}: N+1 is needed to hold it ({CountNodes(demand, spare)})");
    }

    private static string CountNodes(FleetDemand demand, FleetOutcome fleet)
        => string.Create(Culture, $"{fleet.Nodes} {(fleet.Nodes == 1 ? "node" : "nodes")} of {demand.CardsPerNode} {(demand.CardsPerNode == 1 ? "card" : "cards")}");

    private static string NameCard(CardCosts costs) => $"{costs.Device} {costs.Precision} ({costs.Provider}, {costs.Model})";

    private static string ShortenDevice(CardCosts costs)
    {
        var name = costs.Device.StartsWith("NVIDIA ", StringComparison.Ordinal) ? costs.Device["NVIDIA ".Length..] : costs.Device;
        return name.Length > 17 ? $"{name[..16]}…" : name;
    }

    private static string FormatTime(TimeSpan time) => time.TotalMilliseconds < 100
        ? string.Create(Culture, $"{time.TotalMilliseconds:0.#} ms")
        : string.Create(Culture, $"{time.TotalMilliseconds:0} ms");
}
