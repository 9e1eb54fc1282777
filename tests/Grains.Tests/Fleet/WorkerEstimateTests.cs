using Microsoft.Extensions.Time.Testing;
using Reranker.Grains.Fleet;
using Reranker.TestKit.Clocks;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Fleet;

public sealed class WorkerEstimateTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly WorkerEstimate _estimate;

    public WorkerEstimateTests() => _estimate = new WorkerEstimate(_time, new FleetOptions());

    private ModelEstimate Model => _estimate.GetModel("m");

    [Fact]
    public void The_wait_is_what_the_worker_reported_less_the_time_since()
    {
        _estimate.TakeReport(Load(sequence: 1, backlogMilliseconds: 300, inFlightMilliseconds: 50));
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(250, Model.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void Work_sent_since_the_report_is_added()
    {
        _estimate.TakeReport(Load(sequence: 1, backlogMilliseconds: 100));
        Model.CountSent(2_000);

        Assert.Equal(300, Model.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void Work_sent_to_an_idle_worker_starts_now_not_when_it_was_heard_of()
    {
        _estimate.TakeReport(Load(sequence: 1));
        _time.Advance(TimeSpan.FromSeconds(30));
        Model.CountSent(1_000);

        Assert.Equal(100, Model.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void A_newer_report_replaces_what_was_reckoned_but_for_work_still_on_its_way()
    {
        _estimate.TakeReport(Load(sequence: 1));
        Model.CountSent(5_000);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        Model.CountSent(1_000);
        _estimate.TakeReport(Load(sequence: 2, backlogMilliseconds: 20));

        Assert.Equal(120, Model.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void An_older_report_is_ignored()
    {
        _estimate.TakeReport(Load(sequence: 5, backlogMilliseconds: 100));
        _estimate.TakeReport(Load(sequence: 4, backlogMilliseconds: 900));

        Assert.Equal(100, Model.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void A_report_grows_stale()
    {
        Assert.True(_estimate.IsStale);
        _estimate.TakeReport(Load(sequence: 1));
        Assert.False(_estimate.IsStale);
        _time.Advance(TimeSpan.FromMilliseconds(1_001));
        Assert.True(_estimate.IsStale);
    }

    [Fact]
    public void A_penalty_ends_when_its_time_is_over_and_the_worker_has_been_heard_again()
    {
        _estimate.TakeReport(Load(sequence: 1));
        _estimate.Penalize(TimeSpan.FromSeconds(1));
        Assert.True(_estimate.IsPenalized);
        Assert.True(_estimate.IsStale);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_estimate.IsPenalized);

        _estimate.TakeReport(Load(sequence: 1));
        Assert.False(_estimate.IsPenalized);

        _estimate.Penalize(TimeSpan.FromSeconds(1));
        _estimate.TakeReport(Load(sequence: 2));
        Assert.True(_estimate.IsPenalized);
    }

    [Theory]
    [InlineData(WorkerState.Unknown, true)]
    [InlineData(WorkerState.Ready, true)]
    [InlineData(WorkerState.Draining, false)]
    [InlineData(WorkerState.Lost, false)]
    public void Only_a_worker_that_has_not_refused_takes_work(WorkerState state, bool takes)
    {
        _estimate.TakeReport(Load(sequence: 1) with { State = state });

        Assert.Equal(takes, Model.TakesWork);
    }

    [Fact]
    public void Each_model_has_its_own_rate_wait_and_state()
    {
        _estimate.TakeReport(new WorkerLoad
        {
            Sequence = 1,
            Models =
            [
                new ModelLoad { Identity = "fast", TokensPerSecond = 100_000, State = WorkerState.Ready },
                new ModelLoad { Identity = "slow", TokensPerSecond = 1_000, BacklogMicroseconds = 2_000_000, State = WorkerState.Draining },
            ],
        });
        var (fast, slow) = (_estimate.GetModel("fast"), _estimate.GetModel("slow"));
        fast.CountSent(1_000);

        Assert.Equal((10, 2_000), (fast.Wait.TotalMilliseconds, slow.Wait.TotalMilliseconds));
        Assert.Equal((100_000, 1_000), (fast.TokensPerSecond, slow.TokensPerSecond));
        Assert.Equal((true, false), (fast.TakesWork, slow.TakesWork));
    }

    [Fact]
    public void A_model_that_no_report_names_is_taken_as_idle_and_not_measured()
    {
        _estimate.TakeReport(new WorkerLoad { Sequence = 1, Models = [new ModelLoad { Identity = "m", TokensPerSecond = 5, BacklogMicroseconds = 1_000_000 }] });
        _estimate.TakeReport(new WorkerLoad { Sequence = 2, Models = [] });

        Assert.Equal((false, true, TimeSpan.Zero), (Model.IsMeasured, Model.TakesWork, Model.Wait));
    }

    [Fact]
    public void The_sums_of_a_silo_that_does_not_tell_models_apart_count_for_each()
    {
        _estimate.TakeReport(Load(sequence: 1, backlogMilliseconds: 100));

        Assert.Equal(100, _estimate.GetModel("other").Wait.TotalMilliseconds, 0.1);
        Assert.Equal(10_000, _estimate.GetModel("other").TokensPerSecond);
    }

    private static WorkerLoad Load(long sequence, int backlogMilliseconds = 0, int inFlightMilliseconds = 0) => new()
    {
        Sequence = sequence,
        TokensPerSecond = 10_000,
        BacklogMicroseconds = backlogMilliseconds * 1_000,
        InFlightMicroseconds = inFlightMilliseconds * 1_000,
        State = WorkerState.Ready,
    };
}
