using Reranker.Grains.Dispatch;
using Reranker.Grains.Placement;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Dispatch;

/// <summary>What happens to a sub-batch whose worker fails, hangs or vanishes. Worker 0 gets it first.</summary>
public sealed class SubBatchRaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly DispatchOptions _options = new()
    {
        HedgeShare = 1,
        MinAttemptTimeout = TimeSpan.FromMilliseconds(200),
        ProbeTimeout = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public void Work_that_is_stuck_gets_a_copy_elsewhere_and_is_cancelled_when_that_is_done()
    {
        var fleet = Fleet(1, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].OnProgress) = (Silent, _ => Task.FromResult(fleet.Workers[0].Stuck()));
        var job = fleet.Job(Second, 2);

        Assert.Equal(RerankOutcome.Ok, fleet.Run(job));

        Assert.Equal([Logit(1, 0), Logit(1, 1)], job.Slots.GetCompleteLogits());
        Assert.True(Assert.Single(fleet.Workers[0].Calls).Stop.IsCancellationRequested);
        var copy = Assert.Single(fleet.Workers[1].Calls).Request;
        Assert.Equal((1, 800), (copy.Attempt, copy.RemainingMilliseconds));
    }

    [Fact]
    public void Work_that_only_waits_gets_no_copy_however_long_it_takes()
    {
        var fleet = Fleet(1, 1);
        fleet.Workers[0].OnScore = async (call, request, stop) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(900), fleet.Time, stop);
            return fleet.Workers[0].Scored(call, request);
        };
        var job = fleet.Job(Second, 1);

        Assert.Equal(RerankOutcome.Ok, fleet.Run(job));

        Assert.Equal(Logit(0, 0), job.Slots.GetCompleteLogits()[0]);
        Assert.Empty(fleet.Workers[1].Calls);
        Assert.InRange(fleet.Workers[0].Questions, 2, 4);
    }

    [Fact]
    public void A_long_queue_is_asked_about_when_it_should_be_done()
    {
        var fleet = Fleet(1, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].Backlog) = (Silent, TimeSpan.FromSeconds(3));

        Assert.Equal(RerankOutcome.Expired, fleet.Run(fleet.Job(TimeSpan.FromSeconds(8), 1)));

        Assert.Equal(3, fleet.Workers[0].Questions);
    }

    [Fact]
    public void Work_of_a_silo_that_does_not_answer_is_sent_elsewhere_without_a_budget_and_the_whole_silo_is_left_alone()
    {
        _options.HedgeShare = 0;
        var fleet = Fleet(2, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].OnProgress) = (Silent, ScriptedWorker.Never<WorkProgress>);
        var job = fleet.Job(Second, 1);

        Assert.Equal(RerankOutcome.Ok, fleet.Run(job));

        Assert.Equal(Logit(2, 0), job.Slots.GetCompleteLogits()[0]);
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(fleet.IsEligible));
        Assert.InRange(Assert.Single(fleet.Workers[2].Calls).Request.RemainingMilliseconds, 500, 600);
    }

    [Fact]
    public void The_first_of_two_copies_may_still_be_the_one_that_answers()
    {
        var fleet = Fleet(1, 1);
        fleet.Workers[0].OnProgress = _ => Task.FromResult(fleet.Workers[0].Stuck());
        fleet.Workers[0].OnScore = async (call, request, stop) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(400), fleet.Time, stop);
            return fleet.Workers[0].Scored(call, request);
        };
        fleet.Workers[1].OnScore = Silent;
        var job = fleet.Job(Second, 1);

        Assert.Equal(RerankOutcome.Ok, fleet.Run(job));

        Assert.Equal(Logit(0, 0), job.Slots.GetCompleteLogits()[0]);
        Assert.True(Assert.Single(fleet.Workers[1].Calls).Stop.IsCancellationRequested);
    }

    [Fact]
    public void A_copy_that_fails_leaves_the_first_one_running()
    {
        var fleet = Fleet(1, 1);
        fleet.Workers[0].OnProgress = _ => Task.FromResult(fleet.Workers[0].Stuck());
        fleet.Workers[0].OnScore = async (call, request, stop) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(700), fleet.Time, stop);
            return fleet.Workers[0].Scored(call, request);
        };
        fleet.Workers[1].OnScore = (_, _, _) => Task.FromResult(fleet.Workers[1].Refused(ScoreOutcome.Expired));

        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(Second, 1)));

        Assert.Single(fleet.Workers[1].Calls);
    }

    [Fact]
    public void Without_a_budget_stuck_work_is_waited_for()
    {
        _options.HedgeShare = 0.05;
        var fleet = Fleet(1, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].OnProgress) = (Silent, _ => Task.FromResult(fleet.Workers[0].Stuck()));

        Assert.Equal(RerankOutcome.Expired, fleet.Run(fleet.Job(Second, 1)));
        Assert.Empty(fleet.Workers[1].Calls);

        fleet.Budget.AddDispatched(20 * 6);
        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(Second, 1)));
        Assert.Single(fleet.Workers[1].Calls);
    }

    [Fact]
    public void A_fleet_whose_wait_takes_half_of_the_time_left_gets_no_copies()
    {
        var fleet = Fleet(1, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].OnProgress) = (Silent, _ => Task.FromResult(fleet.Workers[0].Stuck()));
        fleet.Workers[1].Backlog = TimeSpan.FromSeconds(6);
        fleet.View.Current.Workers[1].Estimate.TakeReport(fleet.Workers[1].Load);

        // 6 s of waiting are more than half of 10 s, and after 2 s no longer: 4 s of 8 s.
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1.9), fleet.Time);
        Assert.Equal(RerankOutcome.Expired, fleet.RunUntil(fleet.Job(TimeSpan.FromSeconds(10), 1), soon.Token));
        Assert.True(fleet.Workers[0].Questions > 1);
        Assert.Empty(fleet.Workers[1].Calls);

        fleet.View.Current.Workers[1].Estimate.TakeReport(fleet.Workers[1].Load);
        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(TimeSpan.FromSeconds(10), 1)));
        Assert.InRange(Assert.Single(fleet.Workers[1].Calls).Request.RemainingMilliseconds, 7_500, 8_100);
    }

    [Fact]
    public void Work_that_its_worker_twice_denies_to_have_is_sent_elsewhere()
    {
        _options.HedgeShare = 0;
        var fleet = Fleet(1, 1);
        (fleet.Workers[0].OnScore, fleet.Workers[0].OnProgress) = (Silent, _ => Task.FromResult(fleet.Workers[0].At(WorkStage.Absent)));

        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(Second, 1)));

        Assert.Equal(2, fleet.Workers[0].Questions);
        Assert.Single(fleet.Workers[1].Calls);
    }

    [Theory]
    [InlineData(ScoreOutcome.Busy, nameof(RerankOutcome.Busy))]
    [InlineData(ScoreOutcome.Draining, nameof(RerankOutcome.Unavailable))]
    [InlineData(ScoreOutcome.Failed, nameof(RerankOutcome.Failed))]
    public void A_refusal_goes_to_another_worker_and_is_passed_on_when_all_refuse(ScoreOutcome outcome, string verdict)
    {
        var fleet = Fleet(1, 1);
        fleet.Workers[0].OnScore = (_, _, _) => Task.FromResult(fleet.Workers[0].Refused(outcome));
        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(Second, 1)));
        Assert.Single(fleet.Workers[1].Calls);

        fleet.Workers[1].OnScore = (_, _, _) => Task.FromResult(fleet.Workers[1].Refused(outcome));
        Assert.Equal(verdict, fleet.Run(fleet.Job(Second, 1)).ToString());
    }

    [Fact]
    public void A_host_that_is_gone_costs_no_time()
    {
        var fleet = Fleet(1, 1);
        fleet.Workers[0].OnScore = (_, _, _) => Task.FromException<ScoreReply>(new WorkerHostGoneException("k"));
        var start = fleet.Time.GetUtcNow();

        Assert.Equal(RerankOutcome.Ok, fleet.Run(fleet.Job(Second, 1)));

        Assert.Equal(start, fleet.Time.GetUtcNow());
        Assert.False(fleet.IsEligible(0));
    }

    [Fact]
    public void The_callers_cancellation_reaches_every_attempt()
    {
        var fleet = Fleet(1, 1, 1);
        foreach (var worker in fleet.Workers)
        {
            (worker.OnScore, worker.OnProgress) = (Silent, _ => Task.FromResult(worker.Stuck()));
        }

        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2), fleet.Time);

        Assert.Equal(RerankOutcome.Expired, fleet.RunUntil(fleet.Job(TimeSpan.FromSeconds(60), 3, 3), cancellation.Token));

        Assert.All(fleet.Workers.SelectMany(w => w.Calls), c => Assert.True(c.Stop.IsCancellationRequested));
        Assert.True(fleet.Workers.Sum(w => w.Calls.Count) > 2);
    }

    private static float Logit(int worker, int passage) => ScriptedWorker.Logit(worker, 0, 100 + passage);

    private static Task<ScoreReply> Silent(int call, ScoreRequest request, CancellationToken stop) => ScriptedWorker.Never<ScoreReply>(stop);

    private ScriptedFleet Fleet(params int[] silos) => new(silos, _options);
}
