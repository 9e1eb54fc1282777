using Reranker.Benchmarking.Workloads;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Results;
using Reranker.LoadTest.Sending;
using Reranker.LoadTest.Targets;
using Reranker.LoadTest.Tests.Fakes;
using Reranker.TestKit.Clocks;

namespace Reranker.LoadTest.Tests.Sending;

public sealed class LoadRunTests
{
    private static readonly LoadOptions Options = new()
    {
        Urls = [],
        Rate = 100,
        WarmUp = TimeSpan.FromSeconds(1),
        Duration = TimeSpan.FromSeconds(2),
        Deadline = TimeSpan.FromSeconds(5),
        Seed = 3,
        Tolerance = 0.1,
    };

    private static int Expected(LoadOptions options, TimeSpan from, TimeSpan to)
    {
        var arrivals = new PoissonArrivals(options.Rate!.Value, options.Seed);
        var count = 0;
        for (var due = arrivals.DrawNextArrival(); due < to; due = arrivals.DrawNextArrival())
        {
            count += due >= from ? 1 : 0;
        }

        return count;
    }

    // Nothing is answered before second 4; the run itself ends at second 3.
    private static async Task<LoadReport> RunAsync(
        LoadOptions options, HeldTarget target, int sentBefore, CancellationToken cancellationToken, float[]? expected = null)
    {
        var time = new SynchronizedTime();
        var releaseAt = TimeSpan.FromSeconds(4);
        var body = LoadBody.Create("q", ["a", "b"]);
        body.Expected = expected;
        var run = new LoadRun(options, target, [body], time).RunAsync(cancellationToken);
        for (var now = TimeSpan.Zero; now < releaseAt;)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            now += TimeSpan.FromMilliseconds(50);
            // The loop has a thread of its own; time goes on when everything that is due by now was sent.
            var due = options.Rate is null ? sentBefore : Math.Min(sentBefore, Expected(options, TimeSpan.Zero, now));
            while (target.Sent < due)
            {
                await Task.Delay(1, cancellationToken);
            }
        }

        target.Release();
        return (await run).Report(options, engines: null);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_open_loop_sends_when_requests_are_due_though_nothing_is_answered_and_counts_latency_from_then()
    {
        await using var target = new HeldTarget();
        var all = Expected(Options, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var counted = Expected(Options, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));

        // Every answer comes at 4 s: a request that was due at second 1 to 3 waited 1 to 3 seconds.
        var report = await RunAsync(Options, target, all, TestContext.Current.CancellationToken);

        Assert.Equal(all, target.Sent);
        Assert.Equal(all, report.MostInFlight);
        Assert.Equal(counted, report.Requests);
        Assert.InRange(report.Latency.Max, 2_900, 3_010);
        Assert.InRange(report.Latency.P50, 1_700, 2_300);
        Assert.InRange(report.Latency.Mean, 1_700, 2_300);
        Assert.Equal(0, report.RequestsPerSecond);
        Assert.Equal(counted / 2.0, report.GoodRequestsPerSecond);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_after_the_deadline_is_no_goodput()
    {
        await using var target = new HeldTarget();
        var options = Options with { Deadline = TimeSpan.FromSeconds(2) };
        var all = Expected(options, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var report = await RunAsync(options, target, all, TestContext.Current.CancellationToken);
        var within = Expected(options, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        Assert.InRange(report.GoodRequestsPerSecond, (within / 2.0) - 1, (within / 2.0) + 1);
        Assert.Equal(2 * report.GoodRequestsPerSecond, report.GoodPairsPerSecond);
        Assert.True(report.Requests > within);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_closed_loop_has_one_request_a_client_on_its_way()
    {
        await using var target = new HeldTarget();
        var options = Options with { Rate = null, Clients = 7 };
        var report = await RunAsync(options, target, 7, TestContext.Current.CancellationToken);
        Assert.Equal(7, target.Sent);
        Assert.Equal(7, report.MostInFlight);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_that_gives_up_takes_its_request_back_and_fails_nothing()
    {
        await using var target = new HeldTarget();
        var options = Options with { GiveUp = TimeSpan.FromSeconds(1) };
        var all = Expected(options, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var report = await RunAsync(options, target, all, TestContext.Current.CancellationToken);

        Assert.Equal(0, report.Requests);
        Assert.Equal(Expected(options, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)), report.Errors["given up"]);
        Assert.InRange(report.MostInFlight, 1, all - 1);
        Assert.True(report.Passed(refusalsAllowed: false));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_score_that_is_not_the_expected_one_is_an_error()
    {
        await using var target = new HeldTarget { Logit = 1 };
        var all = Expected(Options, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        var report = await RunAsync(Options, target, all, TestContext.Current.CancellationToken, expected: [1, 1.2f]);
        Assert.Equal(["wrong score"], report.Errors.Keys);
        Assert.Equal(0, report.Requests);
        Assert.Equal(all, report.AnswersChecked);
        Assert.Equal(0.2, report.WorstDeviation, 5);
        Assert.False(report.Passed(refusalsAllowed: true));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_is_counted_apart_and_may_be_allowed()
    {
        await using var target = new HeldTarget { Answer = new Answer("429", Refused: true) };
        var report = await RunAsync(Options, target, Expected(Options, TimeSpan.Zero, TimeSpan.FromSeconds(3)), TestContext.Current.CancellationToken);
        var counted = Expected(Options, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal(counted, report.Errors["429"]);
        Assert.Equal(counted, report.Refusals.Count);
        Assert.InRange(report.Refusals.Max, 2_900, 3_010);
        Assert.Equal(0, report.Latency.Count);
        Assert.True(report.Passed(refusalsAllowed: true));
        Assert.False(report.Passed(refusalsAllowed: false));
    }
}
