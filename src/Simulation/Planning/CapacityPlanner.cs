using Reranker.Inference.Costs;

namespace Reranker.Simulation.Planning;

/// <summary>Finds how many nodes of a kind of card a demand needs, by simulating them: queue, batches and admission are the product's.</summary>
public static class CapacityPlanner
{
    /// <summary>What is needed of that card.</summary>
    public static FleetChoice PlanCard(CardCosts costs, FleetDemand demand)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(demand);
        var simulator = new CardSimulator(costs, demand);
        var choice = new FleetChoice(costs, simulator.PairsPerCard, demand.MaxNodes);
        if (demand.Nodes is { } given)
        {
            var outcome = simulator.SimulateNodes(given);
            return outcome.Meets(demand)
                ? DescribeFleet(choice, simulator, given)
                : choice with { Nearest = outcome, OneLost = simulator.SimulateNodes(given - 1) };
        }

        var idle = simulator.SimulateIdle();
        if (!idle.Answers(demand))
        {
            return choice with { Nearest = idle };
        }

        // Fewer cannot do the work in the time that they may run.
        var first = Math.Max(1, (int)Math.Ceiling(simulator.AskedPairs / (simulator.PairsPerCard * demand.CardsPerNode * demand.MaxUtilization)));
        if (FindFewest(simulator, demand, first) is not { } fewest)
        {
            return choice with { Nearest = first <= demand.MaxNodes ? simulator.SimulateNodes(demand.MaxNodes) : null };
        }

        return DescribeFleet(choice, simulator, fewest);
    }

    private static FleetChoice DescribeFleet(FleetChoice choice, CardSimulator simulator, int nodes) => choice with
    {
        Fewest = simulator.SimulateNodes(nodes),
        OneLost = simulator.SimulateNodes(nodes - 1),
        WithSpare = simulator.SimulateNodes(nodes + 1),
    };

    // Upwards in growing steps, then halving what lies between the last that failed and the first that did not.
    private static int? FindFewest(CardSimulator simulator, FleetDemand demand, int first)
    {
        var (failed, tried, step) = (first - 1, first, Math.Max(1, first / 16));
        while (tried <= demand.MaxNodes && !simulator.SimulateNodes(tried).Meets(demand))
        {
            (failed, tried, step) = (tried, tried == demand.MaxNodes ? tried + 1 : Math.Min(demand.MaxNodes, tried + step), step * 2);
        }

        if (tried > demand.MaxNodes)
        {
            return null;
        }

        while (tried - failed > 1)
        {
            var middle = (tried + failed) / 2;
            (failed, tried) = simulator.SimulateNodes(middle).Meets(demand) ? (failed, middle) : (middle, tried);
        }

        return tried;
    }
}
