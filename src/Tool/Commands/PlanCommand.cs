using System.CommandLine;
using Reranker.Inference.Costs;
using Reranker.Inference.Models;
using Reranker.Simulation.Planning;
using Reranker.Tool.Arguments;
using Reranker.Tool.Input;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker plan</c>: how many of which card a load needs.</summary>
internal static class PlanCommand
{
    public static Command CreateCommand()
    {
        var arguments = new PlanArguments();
        var json = new Option<bool>("--json") { Description = "Print JSON, and the table to standard error." };
        var command = new Command(
            "plan",
            "How many of which card a load needs, how late answers come, and what a lost node does: simulated from measured costs of batches. Fails where no card is enough.");
        arguments.AddTo(command);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            var demand = arguments.ReadDemand(parsed);
            var costs = arguments.ReadCosts(parsed);
            foreach (var card in costs)
            {
                CheckLengths(demand, card);
            }

            parsed.InvocationConfiguration.Error.WriteLine(DescribeSimulation(demand, costs));
            IReadOnlyList<FleetChoice> choices = [.. costs.AsParallel().AsOrdered().Select(c => CapacityPlanner.PlanCard(c, demand))];
            ReportOutput.WriteReport(PlanTable.FormatPlan(demand, choices), () => PlanJson.FormatPlan(demand, choices), parsed.GetValue(json));
            return choices.Any(c => c.Fewest is not null) ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    // Many nodes of a busy fleet take tens of seconds, in which nothing else is said.
    private static string DescribeSimulation(FleetDemand demand, IReadOnlyList<CardCosts> costs)
    {
        var nodes = demand.Nodes is { } given ? $"{given}" : $"up to {demand.MaxNodes}";
        return FormattableString.Invariant($"plan: simulating fleets of {nodes} nodes, of {string.Join(", ", costs.Select(c => $"{c.Device} {c.Precision}"))}");
    }

    private static void CheckLengths(FleetDemand demand, CardCosts card)
    {
        var room = card.MaxPairTokens - demand.QueryTokens - PairLayout.SpecialTokens;
        if (demand.PassageTokens.Count == 0 && demand.MeanPassageTokens >= room)
        {
            throw new InputException(FormattableString.Invariant(
                $"passages of {demand.MeanPassageTokens:0} tokens on average do not fit: beside the query the engine on {card.Device} takes {Math.Max(room, 0)}"));
        }

        if (demand.PassageTokens.Count(t => t > room) is > 0 and var cut)
        {
            throw new InputException(FormattableString.Invariant(
                $"{cut} of the lengths are above the {Math.Max(room, 0)} tokens that the engine on {card.Device} takes beside the query; cut them as your callers are, or count pieces as passages"));
        }
    }
}
