using Microsoft.Extensions.Time.Testing;
using Reranker.Grains.Fleet;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Fleet;

public sealed class WorkerEstimateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkerEstimate _estimate;

    public WorkerEstimateTests() => _estimate = new WorkerEstimate(_time, new FleetOptions());

    [Fact]
    public void The_wait_is_what_the_worker_reported_less_the_time_since()
    {
        _estimate.Report(Load(sequence: 1, backlogMilliseconds: 300, inFlightMilliseconds: 50));
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(250, _estimate.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void Work_sent_since_the_report_is_added()
    {
        _estimate.Report(Load(sequence: 1, backlogMilliseconds: 100));
        _estimate.Sent(2_000);

        Assert.Equal(300, _estimate.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void Work_sent_to_an_idle_worker_starts_now_not_when_it_was_heard_of()
    {
        _estimate.Report(Load(sequence: 1));
        _time.Advance(TimeSpan.FromSeconds(30));
        _estimate.Sent(1_000);

        Assert.Equal(100, _estimate.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void A_newer_report_replaces_what_was_reckoned_but_for_work_still_on_its_way()
    {
        _estimate.Report(Load(sequence: 1));
        _estimate.Sent(5_000);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _estimate.Sent(1_000);
        _estimate.Report(Load(sequence: 2, backlogMilliseconds: 20));

        Assert.Equal(120, _estimate.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void An_older_report_is_ignored()
    {
        _estimate.Report(Load(sequence: 5, backlogMilliseconds: 100));
        _estimate.Report(Load(sequence: 4, backlogMilliseconds: 900));

        Assert.Equal(100, _estimate.Wait.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void A_report_grows_stale()
    {
        Assert.True(_estimate.IsStale);
        _estimate.Report(Load(sequence: 1));
        Assert.False(_estimate.IsStale);
        _time.Advance(TimeSpan.FromMilliseconds(1_001));
        Assert.True(_estimate.IsStale);
    }

    [Fact]
    public void A_penalty_ends_when_its_time_is_over_and_the_worker_has_been_heard_again()
    {
        _estimate.Report(Load(sequence: 1));
        _estimate.Penalise(TimeSpan.FromSeconds(1));
        Assert.True(_estimate.IsPenalised);
        Assert.True(_estimate.IsStale);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_estimate.IsPenalised);

        _estimate.Report(Load(sequence: 1));
        Assert.False(_estimate.IsPenalised);

        _estimate.Penalise(TimeSpan.FromSeconds(1));
        _estimate.Report(Load(sequence: 2));
        Assert.True(_estimate.IsPenalised);
    }

    [Theory]
    [InlineData(WorkerState.Unknown, true)]
    [InlineData(WorkerState.Ready, true)]
    [InlineData(WorkerState.Draining, false)]
    [InlineData(WorkerState.Lost, false)]
    public void Only_a_worker_that_has_not_refused_takes_work(WorkerState state, bool takes)
    {
        _estimate.Report(Load(sequence: 1) with { State = state });

        Assert.Equal(takes, _estimate.TakesWork);
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
