using Reranker.Simulation.Cards;
using Reranker.Simulation.Planning;
using Reranker.Simulation.Workload;

namespace Reranker.Grains.Tests.Simulation;

/// <summary>How many cards a load needs, in virtual time and with a fixed seed.</summary>
public sealed class CapacityPlannerTests
{
    private static readonly FleetDemand Demand = new() { RequestsPerSecond = 1_000, Passages = 20, P99 = TimeSpan.FromMilliseconds(40) };

    [Fact]
    public void The_fewest_nodes_meet_it_and_one_fewer_does_not()
    {
        var choice = PlanH200(Demand);

        var fewest = Assert.IsType<FleetOutcome>(choice.Fewest);
        Assert.True(fewest.Meets(Demand));
        Assert.Equal(fewest.Nodes - 1, choice.OneLost.Nodes);
        Assert.False(choice.OneLost.Meets(Demand));
        Assert.Equal(fewest.Nodes + 1, choice.WithSpare?.Nodes);
        Assert.InRange(fewest.PairsPerSecond / 20_000, 0.95, 1.05);
        Assert.InRange(fewest.Utilization, 0.6, Demand.MaxUtilization);
    }

    [Fact]
    public void A_lost_node_that_leaves_too_few_costs_the_share_that_they_cannot_do()
    {
        // One is lost of what is just enough: for long, what more is asked for than the others can do is refused.
        var demand = Demand with { Nodes = 3, RequestsPerSecond = 1_100, P99 = TimeSpan.FromMilliseconds(400), MaxUtilization = 0.95 };
        var choice = PlanH200(demand);
        var left = 2 * choice.PairsPerCard / (1_100 * 20);

        Assert.Equal(3, choice.Fewest?.Nodes);
        Assert.True(choice.OneLost.IsOverloaded);
        Assert.InRange(choice.OneLost.Unanswered, 0.8 * (1 - left), 1.1 * (1 - left));
        Assert.InRange(choice.OneLost.P99, demand.Deadline / 2, demand.Deadline);
    }

    [Fact]
    public void A_card_does_as_much_in_requests_of_one_passage()
    {
        var few = PlanH200(Demand with { RequestsPerSecond = 100, Passages = 1, Nodes = 1 });
        var many = PlanH200(Demand with { RequestsPerSecond = 100, Nodes = 1 });

        Assert.InRange(few.PairsPerCard / many.PairsPerCard, 0.9, 1.1);
    }

    [Fact]
    public void The_same_demand_gives_the_same_figures()
    {
        var demand = Demand with { RequestsPerSecond = 50, Burst = 2 };
        Assert.Equal(SimulateOne(demand), SimulateOne(demand));
    }

    [Fact]
    public void Cards_are_not_planned_busier_than_they_may_be()
    {
        var demand = Demand with { RequestsPerSecond = 500, MaxUtilization = 0.5 };

        Assert.InRange(PlanH200(demand).Fewest!.Utilization, 0.3, 0.5);
    }

    [Fact]
    public void What_no_fleet_of_such_cards_does_is_said_with_what_an_idle_one_does()
    {
        var choice = PlanH200(Demand with { P99 = TimeSpan.FromMilliseconds(3) });

        Assert.Null(choice.Fewest);
        Assert.InRange(choice.Nearest!.Utilization, 0, 0.1);
        Assert.InRange(choice.Nearest.P99, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void Bursts_cost_latency_and_keep_the_mean()
    {
        var demand = Demand with { RequestsPerSecond = 100, Deadline = TimeSpan.FromSeconds(10) };
        FleetOutcome even = SimulateOne(demand), bursts = SimulateOne(demand with { Burst = 5 });

        Assert.True(bursts.P99 > 2 * even.P99, $"{bursts.P99}, without bursts {even.P99}");
        Assert.InRange(bursts.PairsPerSecond / even.PairsPerSecond, 0.85, 1.15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public void Requests_arrive_as_often_as_was_said(double burst)
    {
        var arrivals = new ArrivalProcess(100, burst, new Random(1));
        var now = TimeSpan.Zero;
        for (var i = 0; i < 200_000; i++)
        {
            var next = arrivals.DrawNext(now);
            Assert.True(next >= now);
            now = next;
        }

        Assert.InRange(200_000 / now.TotalSeconds / 100, 0.9, 1.1);
    }

    private static FleetOutcome SimulateOne(FleetDemand demand) => new CardSimulator(BuiltInCosts.FindMeasured("h200")[0], demand).SimulateNodes(1);

    private static FleetChoice PlanH200(FleetDemand demand) => CapacityPlanner.PlanCard(BuiltInCosts.FindMeasured("h200")[0], demand);
}
