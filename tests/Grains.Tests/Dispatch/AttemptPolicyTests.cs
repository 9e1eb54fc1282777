using CsCheck;
using Reranker.Attempts;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Placement;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class AttemptPolicyTests
{
    private static readonly DispatchOptions Options = new()
    {
        MinAttemptTimeout = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromMilliseconds(200),
        AttemptTimeoutFactor = 4,
    };

    [Theory]
    [InlineData(10, 10_000, 200)]
    [InlineData(500, 10_000, 2_000)]
    [InlineData(500, 3_000, 1_800)]
    [InlineData(500, 1_000, 200)] // too late for a copy that takes its time, but a silo that hangs must be found out
    [InlineData(5_000, 1_000, 200)]
    public void Patience_is_a_multiple_of_the_expected_time_but_leaves_time_for_a_copy(double expected, int remaining, int patience)
        => Assert.Equal(
            TimeSpan.FromMilliseconds(patience),
            AttemptPolicy.FindPatience(Options, expected / 1000, TimeSpan.FromMilliseconds(remaining)));

    [Fact]
    public void Where_the_deadline_is_near_nobody_asks()
        => Assert.Null(AttemptPolicy.FindPatience(Options, 0.5, TimeSpan.FromMilliseconds(200)));

    [Fact]
    public void A_copy_that_starts_when_patience_ends_has_twice_its_expected_time()
        => Gen.Select(Gen.Double[0.001, 10], Gen.Double[0.001, 60]).Sample((expected, remaining) =>
        {
            var patience = AttemptPolicy.FindPatience(Options, expected, TimeSpan.FromSeconds(remaining));
            if (remaining - Options.ProbeTimeout.TotalSeconds >= (4 * expected) + 1e-6)
            {
                Assert.True(patience!.Value.TotalSeconds <= remaining - Options.ProbeTimeout.TotalSeconds - (2 * expected) + 1e-6);
                Assert.True(patience.Value.TotalSeconds >= Math.Min(Options.MinAttemptTimeout.TotalSeconds, 2 * expected) - 1e-6);
            }
        });

    [Theory]
    [InlineData(WorkStage.Queued, 0, 0, nameof(AttemptStanding.Waiting))]
    [InlineData(WorkStage.Queued, 50, 15, nameof(AttemptStanding.Waiting))]
    [InlineData(WorkStage.Running, 199, 15, nameof(AttemptStanding.Waiting))]
    [InlineData(WorkStage.Running, 200, 15, nameof(AttemptStanding.Stuck))]
    [InlineData(WorkStage.Queued, 200, 15, nameof(AttemptStanding.Stuck))]
    [InlineData(WorkStage.Running, 1_900, 500, nameof(AttemptStanding.Waiting))]
    [InlineData(WorkStage.Running, 2_000, 500, nameof(AttemptStanding.Stuck))]
    [InlineData(WorkStage.Absent, 2_000, 15, nameof(AttemptStanding.Absent))]
    public void Work_is_stuck_when_a_run_takes_far_longer_than_predicted_and_not_when_it_waits(
        WorkStage stage, int running, int predicted, string standing)
        => Assert.Equal(standing, AttemptPolicy.ClassifyProgress(Options, new WorkProgress
        {
            Stage = stage,
            RunningMicroseconds = running * 1000,
            PredictedMicroseconds = predicted * 1000,
        }).ToString());

    [Theory]
    [InlineData(499, true)]
    [InlineData(501, false)]
    public void A_busy_fleet_is_not_hedged_on(int wait, bool may)
        => Assert.Equal(may, AttemptPolicy.MayHedge(new WorkerCandidate(wait / 1000.0, 1), TimeSpan.FromSeconds(1)));

    [Fact]
    public void Failures_of_the_way_are_told_from_failures_of_the_work()
    {
        Assert.True(AttemptPolicy.IsTransportFailure(new WorkerHostGoneException("k")));
        Assert.True(AttemptPolicy.IsTransportFailure(new SiloUnavailableException()));
        Assert.True(AttemptPolicy.IsTransportFailure(new TimeoutException()));
        Assert.True(AttemptPolicy.IsTransportFailure(new ObjectDisposedException("what a stopping silo held")));
        Assert.False(AttemptPolicy.IsTransportFailure(new InvalidCastException()));
        Assert.False(AttemptPolicy.IsTransportFailure(new InvalidOperationException()));
    }
}
