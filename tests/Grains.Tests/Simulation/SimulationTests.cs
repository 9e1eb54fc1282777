using Reranker.Inference.Workers;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Runs;
using Reranker.Simulation.Workload;

namespace Reranker.Grains.Tests.Simulation;

/// <summary>
/// Planner and worker queue under load, in virtual time and with a fixed seed: no machine's speed decides. The bounds are
/// those of the whole system, so that a change of the order or of the admission that breaks them shows here.
/// </summary>
public sealed class SimulationTests
{
    [Fact]
    public void The_same_case_gives_the_same_result()
    {
        var one = CreateCase(1, Policy.Ours);
        Assert.Equal(SimulationRun.Execute(one), SimulationRun.Execute(one));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(3)]
    public void Under_more_load_than_can_be_served_the_fleet_stays_useful_and_fair(double load)
    {
        SimulationResult ours = Run(load, Policy.Ours), fifo = Run(load, Policy.Fifo);

        Assert.True(ours.Goodput >= 0.95, $"goodput {ours.Goodput}");
        Assert.True(ours.Goodput > fifo.Goodput, $"goodput {ours.Goodput}, first in first out {fifo.Goodput}");
        Assert.True(ours.Wasted <= 0.02, $"wasted {ours.Wasted}");
        Assert.True(ours.Fairness >= 0.95, $"fairness {ours.Fairness}");
        Assert.True(ours.HastyOk > fifo.HastyOk, $"hasty {ours.HastyOk}");
    }

    [Theory]
    [InlineData(1.5, 1)]
    [InlineData(3, 2)]
    public void Requests_of_one_tenant_do_not_push_each_other_over_the_deadline(double load, int seed)
    {
        var ours = SimulationRun.Execute(new SimulationCase([Card.A10G], 6, load, Policy.Ours, Seconds: 20, seed, Tenant.One));

        Assert.True(ours.Goodput >= 0.95, $"goodput {ours.Goodput}");
        Assert.True(ours.Wasted <= 0.02, $"wasted {ours.Wasted}");
    }

    [Fact]
    public void Jobs_of_a_thousand_passages_do_not_hold_up_requests_of_eight()
    {
        SimulationResult ours = Run(0.8, Policy.Ours), fifo = Run(0.8, Policy.Fifo);

        Assert.Equal(1, ours.Ok);
        Assert.True(ours.SmallP99 < fifo.SmallP99 / 2, $"{ours.SmallP99} ms, first in first out {fifo.SmallP99} ms");
    }

    [Fact]
    public void Jobs_do_not_hold_up_small_requests_of_their_own_tenant()
    {
        var ours = SimulationRun.Execute(new SimulationCase([Card.H100], 1, 0.8, Policy.Ours, Seconds: 30, Seed: 1, Tenant.Jobs));

        // What is left of the batch that runs, the own one, and the way.
        Assert.Equal(1, ours.Ok);
        Assert.True(ours.SmallP99 < 2.5 * new WorkerOptions().TargetBatchTime.TotalMilliseconds, $"{ours.SmallP99} ms");
    }

    private static SimulationResult Run(double load, Policy policy) => SimulationRun.Execute(CreateCase(load, policy));

    private static SimulationCase CreateCase(double load, Policy policy) => new([Card.H100], 4, load, policy, Seconds: 20, Seed: 1, Tenant.Ten);
}
