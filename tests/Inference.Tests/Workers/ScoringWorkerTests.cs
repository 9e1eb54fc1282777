using System.Diagnostics;
using Reranker.Inference.Scoring;
using Reranker.Inference.Telemetry;
using Reranker.Inference.Workers;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

public sealed class ScoringWorkerTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Scores_come_in_the_order_of_the_pairs()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        var work = Works.Of([3, 500, 1, 17, 17, 256, 2]);

        var result = await worker.ScoreAsync(work, CancellationToken.None).Soon();

        Assert.Equal(WorkOutcome.Ok, result.Outcome);
        Assert.Equal(Works.Scores(work), result.Logits);
        Assert.True(result.Batches >= 1);
    }

    [Fact]
    public async Task A_work_without_pairs_is_done_at_once()
    {
        var worker = _fixture.Start(_fixture.Manual());
        var result = await worker.ScoreAsync(Works.Of([]), CancellationToken.None).Soon();
        Assert.Equal(WorkOutcome.Ok, result.Outcome);
        Assert.Empty(result.Logits);
    }

    [Fact]
    public async Task Pairs_of_many_users_run_in_one_batch()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var first = worker.ScoreAsync(Works.Of([8]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var others = Enumerable.Range(1, 10)
            .Select(i => worker.ScoreAsync(Works.Of([8, 9], marker: i, tenant: $"tenant-{i}"), CancellationToken.None)).ToArray();

        run.Complete();
        run = await engine.NextRunAsync();
        Assert.Equal(20, run.Pairs.Count);
        run.Complete();

        Assert.All(await Task.WhenAll(others).Soon(), r => Assert.Equal((WorkOutcome.Ok, 1), (r.Outcome, r.Batches)));
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
    }

    [Fact]
    public async Task A_batch_ends_where_its_time_budget_does()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 100);
        var worker = _fixture.Start(engine);
        var task = worker.ScoreAsync(Works.Of(Works.Lengths(7, 40)), CancellationToken.None);

        // 15 ms hold 150 tokens: three pairs of 40.
        int[] sizes = [3, 3, 1];
        foreach (var size in sizes)
        {
            var run = await engine.NextRunAsync();
            Assert.Equal(size, run.Pairs.Count);
            run.Complete();
        }

        Assert.Equal(3, (await task.Soon()).Batches);
    }

    [Fact]
    public async Task The_time_of_a_work_counts_what_was_queued_while_the_rest_ran_once()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 100);
        var worker = _fixture.Start(engine);
        var ahead = worker.ScoreAsync(Works.Of([40]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var task = worker.ScoreAsync(Works.Of(Works.Lengths(7, 40)), CancellationToken.None);
        for (var batch = 0; batch < 4; batch++)
        {
            run = batch == 0 ? run : await engine.NextRunAsync();
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
            run.Complete();
        }

        // It waited 10 ms for another work, and its last pair 20 ms more for the first two of its three batches.
        var result = await task.Soon();
        Assert.Equal(TimeSpan.FromMilliseconds(30), result.QueueTime);
        Assert.Equal(TimeSpan.FromMilliseconds(30), result.InferenceTime);
        Assert.Equal(TimeSpan.FromMilliseconds(40), result.TotalTime);
        Assert.Equal(TimeSpan.FromMilliseconds(10), (await ahead.Soon()).TotalTime);
    }

    [Fact]
    public async Task A_pair_over_the_time_budget_still_runs()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 1000);
        var worker = _fixture.Start(engine);
        var task = worker.ScoreAsync(Works.Of([400]), CancellationToken.None);
        (await engine.NextRunAsync()).Complete();
        Assert.Equal(WorkOutcome.Ok, (await task.Soon()).Outcome);
    }

    [Theory]
    [InlineData(new[] { 1, 2, 10_000 }, new[] { 0, 3 })]
    [InlineData(new[] { 1, -1, 3 }, new[] { 0, 3 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1, 3 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2, 2, 3 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2, 1, 3 })]
    [InlineData(new[] { 1, 2, 3 }, new int[0])]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, int.MaxValue, int.MinValue, 3 })]
    public async Task Ids_and_offsets_that_do_not_add_up_are_invalid(int[] ids, int[] offsets)
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        var result = await worker.ScoreAsync(Works.Of([1]) with { Ids = ids, Offsets = offsets }, CancellationToken.None).Soon();
        Assert.Equal(WorkOutcome.Invalid, result.Outcome);
        Assert.NotNull(result.Error);
    }

    [Fact]
    public async Task A_pair_longer_than_the_engine_takes_is_invalid()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        Assert.Equal(WorkOutcome.Invalid, (await worker.ScoreAsync(Works.Of([513]), CancellationToken.None).Soon()).Outcome);
    }

    [Fact]
    public async Task Another_identity_is_the_wrong_model()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        var work = Works.Of([4]) with { ModelIdentity = "other" };
        Assert.Equal(WorkOutcome.WrongModel, (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);
    }

    [Fact]
    public async Task Work_that_would_be_late_is_refused_at_once()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 1000);
        var worker = _fixture.Start(engine);
        var first = worker.ScoreAsync(Works.Of(Works.Lengths(10, 100)), CancellationToken.None);
        await engine.NextRunAsync();

        // A second of work is ahead; of the other tenant's 1,000 tokens, fair turns put at most the own size before the own.
        var late = await worker.ScoreAsync(Works.Of(Works.Lengths(9, 100), remaining: TimeSpan.FromSeconds(1)), CancellationToken.None).Soon();
        Assert.Equal(WorkOutcome.Busy, late.Outcome);
        var fair = worker.ScoreAsync(Works.Of([100], tenant: "other", remaining: TimeSpan.FromSeconds(1)), CancellationToken.None);
        Assert.False(fair.IsCompleted);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_full_queue_refuses_what_comes_and_keeps_what_it_has()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine, new WorkerOptions { MaxQueuedTokens = 100 });
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var waiting = worker.ScoreAsync(Works.Of([60]), CancellationToken.None);

        Assert.Equal(WorkOutcome.Busy, (await worker.ScoreAsync(Works.Of([60]), CancellationToken.None).Soon()).Outcome);
        run.Complete();
        (await engine.NextRunAsync()).Complete();
        Assert.All(await Task.WhenAll(running, waiting).Soon(), r => Assert.Equal(WorkOutcome.Ok, r.Outcome));
    }

    [Fact]
    public async Task A_batch_span_links_to_every_request_it_serves()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == InferenceTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (spans)
                {
                    spans.Add(a);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        ActivityContext[] parents = [Parent(), Parent(), Parent()];
        var first = worker.ScoreAsync(Works.Of([3], parent: parents[0]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var second = worker.ScoreAsync(Works.Of([3, 4], parent: parents[1]), CancellationToken.None);
        var third = worker.ScoreAsync(Works.Of([5], parent: parents[2]), CancellationToken.None);
        run.Complete();
        (await engine.NextRunAsync()).Complete();
        await Task.WhenAll(first, second, third).Soon();
        await worker.DisposeAsync();

        lock (spans)
        {
            var span = Assert.Single(spans, s => s.Links.Any(l => l.Context == parents[1]));
            Assert.Equal(parents[1..].ToHashSet(), span.Links.Select(l => l.Context).ToHashSet());
            Assert.Equal((3, 12L), ((int)span.GetTagItem("pairs")!, (long)span.GetTagItem("tokens")!));
        }

        static ActivityContext Parent()
            => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
    }

    [Fact]
    public async Task Status_tells_what_waits_and_what_runs()
    {
        var engine = _fixture.Manual(microsecondsPerToken: 100);
        var worker = _fixture.Start(engine);
        _ = worker.ScoreAsync(Works.Of([100]), CancellationToken.None);
        await engine.NextRunAsync();
        _ = worker.ScoreAsync(Works.Of([50]), CancellationToken.None);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(4));

        var status = worker.Status;
        Assert.Equal(50, status.QueuedTokens);
        Assert.Equal(TimeSpan.FromMilliseconds(6), status.InFlight);
        Assert.Equal(TimeSpan.FromMilliseconds(5), status.Models[0].Backlog);
        Assert.Equal(10_000, status.Models[0].TokensPerSecond);
        Assert.True(status.Ready);
        Assert.True(worker.Status.Sequence > status.Sequence);
    }
}
