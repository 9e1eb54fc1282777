using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;

namespace Reranker.Inference.Tests.Workers;

public sealed class RunnerLifecycleTests
{
    [Theory]
    [InlineData(nameof(RunnerPhase.Ready), false, null, true, false)]
    [InlineData(nameof(RunnerPhase.Ready), true, WorkOutcome.DeviceFailing, false, true)]
    [InlineData(nameof(RunnerPhase.Draining), false, WorkOutcome.Draining, true, false)]
    [InlineData(nameof(RunnerPhase.Draining), true, WorkOutcome.Draining, false, true)]
    [InlineData(nameof(RunnerPhase.Lost), false, WorkOutcome.DeviceLost, false, true)]
    [InlineData(nameof(RunnerPhase.Lost), true, WorkOutcome.DeviceLost, false, true)]
    [InlineData(nameof(RunnerPhase.Stopped), false, WorkOutcome.Draining, false, false)]
    [InlineData(nameof(RunnerPhase.Stopped), true, WorkOutcome.Draining, false, false)]
    public void What_new_work_is_told_and_who_runs_what_waits_follow_from_phase_and_device(
        string phase, bool suspended, WorkOutcome? refusal, bool canRun, bool isWithoutDevice)
    {
        var life = new RunnerLifecycle();
        life.AdvanceTo(Enum.Parse<RunnerPhase>(phase));
        if (suspended)
        {
            life.Suspend();
        }

        Assert.Equal((refusal, canRun, isWithoutDevice), (life.Refusal, life.CanRun, life.IsWithoutDevice));
    }

    [Fact]
    public void It_moves_forward_alone_and_through_each_phase_once()
    {
        var life = new RunnerLifecycle();

        Assert.True(life.AdvanceTo(RunnerPhase.Stopped));
        Assert.False(life.AdvanceTo(RunnerPhase.Stopped));
        Assert.False(life.AdvanceTo(RunnerPhase.Draining));

        // Lost all the same: what is freed when a runner stops must know of it.
        Assert.False(life.TryAdvanceToLost());
        Assert.Equal((RunnerPhase.Stopped, true), (life.Phase, life.DeviceIsLost));
    }
}
