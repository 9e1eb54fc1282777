using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>A device that fails whatever it is given gets no work until it works again.</summary>
public sealed class SuspensionTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();
    private readonly FailingEngine _engine = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_device_that_throws_on_every_batch_gets_no_more_work_after_a_few_runs()
    {
        _engine.Fails = true;
        var worker = _fixture.Start(_engine);

        for (var i = 0; i < 500; i++)
        {
            var result = await worker.ScoreAsync(Works.Of(Works.Lengths(8, 10)), CancellationToken.None).Soon();
            Assert.True(result.Outcome is WorkOutcome.Failed or WorkOutcome.DeviceFailing, $"{result.Outcome}");
        }

        Assert.True(worker.Status is { Suspended: true, Ready: false, Lost: false, Draining: false });
        Assert.InRange(_engine.Runs, 5, 6);
        Assert.Equal(1, _fixture.Log.Count(LogLevel.Warning));
        Assert.Equal(1, _fixture.Log.Count(LogLevel.Error));
    }

    [Fact]
    public async Task What_waits_for_such_a_device_is_handed_back_and_not_failed()
    {
        var worker = _fixture.Start(_engine);
        _engine.Hold();
        var running = worker.ScoreAsync(Works.Of(Works.Lengths(64, 10)), CancellationToken.None);
        await Until.TrueAsync(() => _engine.Runs == 1);
        var waiting = Enumerable.Range(0, 20).Select(i => worker.ScoreAsync(Works.Of([10, 20], tenant: $"{i}"), CancellationToken.None)).ToArray();
        _engine.Fails = true;
        _engine.LetGo();

        Assert.All(await Task.WhenAll([running, .. waiting]).Soon(), r => Assert.Equal(WorkOutcome.DeviceFailing, r.Outcome));
        Assert.Equal(0, worker.Status.QueuedTokens);
        Assert.Equal(WorkOutcome.DeviceFailing, (await worker.ScoreAsync(Works.Of([10]), CancellationToken.None).Soon()).Outcome);
    }

    [Fact]
    public async Task A_sibling_takes_over_what_it_had()
    {
        _engine.Fails = true;
        var held = _fixture.Manual();
        var sibling = _fixture.Start(held);
        var busy = sibling.ScoreAsync(Works.Of([7]), CancellationToken.None);
        await held.NextRunAsync();
        var worker = _fixture.Start(_engine);
        var work = Works.Of(Works.Lengths(40, 10));
        var scored = worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => worker.Status.Suspended);

        held.LetAllGo();

        Assert.Equal(Works.Scores(work), (await scored.Soon()).Logits);
        Assert.Equal(WorkOutcome.Ok, (await busy.Soon()).Outcome);
    }

    [Fact]
    public async Task A_sibling_whose_own_queue_is_never_empty_takes_over_what_it_had_all_the_same()
    {
        _engine.Fails = true;
        var held = _fixture.Manual(maxBatchPairs: 1);
        var sibling = _fixture.Start(held);
        var first = sibling.ScoreAsync(Works.Of([7]), CancellationToken.None);
        var run = await held.NextRunAsync();
        var worker = _fixture.Start(_engine, new WorkerOptions { SuspendAfterFailures = 1 });
        var work = Works.Of([10, 11], marker: 9);
        var scored = worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => worker.Status is { Suspended: true, QueuedTokens: 21 });
        var own = Enumerable.Range(0, 5).Select(_ => sibling.ScoreAsync(Works.Of([7]), CancellationToken.None)).ToArray();

        var lengths = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            run.Complete();
            run = await held.NextRunAsync();
            lengths.Add(run.Pairs[0].Length);
        }

        Assert.Equal(Works.Scores(work), (await scored.Soon()).Logits);
        Assert.Equal([7, 7, 7, 10, 11], lengths.Order());
        held.LetAllGo();
        Assert.All(await Task.WhenAll([first, .. own]).Soon(), r => Assert.Equal(WorkOutcome.Ok, r.Outcome));
    }

    [Fact]
    public async Task It_is_tried_again_after_pauses_that_grow_and_works_on_when_it_works_again()
    {
        _engine.Fails = true;
        var worker = _fixture.Start(_engine);
        await worker.ScoreAsync(Works.Of(Works.Lengths(40, 10)), CancellationToken.None).Soon();
        await Until.TrueAsync(() => worker.Status.Suspended);
        var runs = _engine.Runs;

        // Told once the next pause has begun.
        var rests = _fixture.Log.Count(LogLevel.Debug);
        foreach (var pause in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            // Never earlier, and up to a quarter later.
            _fixture.Time.Advance(TimeSpan.FromSeconds(0.99 * pause));
            await Task.Yield();
            Assert.Equal(runs, _engine.Runs);
            _fixture.Time.Advance(TimeSpan.FromSeconds(0.27 * pause));
            runs++;
            await Until.TrueAsync(() => _fixture.Log.Count(LogLevel.Debug) == rests + 1);
            rests++;
            Assert.Equal(runs, _engine.Runs);
        }

        Assert.True(worker.Status.Suspended);
        _engine.Fails = false;
        _fixture.Time.Advance(TimeSpan.FromSeconds(76));
        await Until.TrueAsync(() => worker.Status.Ready);
        var work = Works.Of([10, 20]);
        Assert.Equal(Works.Scores(work), (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Logits);
        Assert.Equal((2, 1), (_fixture.Log.Count(LogLevel.Warning), _fixture.Log.Count(LogLevel.Error)));
        Assert.Contains(_fixture.Log.Lines, l => l.Contains("it was tried 8 times in vain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_fails_again_soon_is_left_alone_for_longer()
    {
        _engine.Fails = true;
        var worker = _fixture.Start(_engine);
        await worker.ScoreAsync(Works.Of(Works.Lengths(40, 10)), CancellationToken.None).Soon();
        _engine.Fails = false;
        await Until.TrueAsync(() => worker.Status.Suspended);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1.26));
        await Until.TrueAsync(() => worker.Status.Ready);
        _engine.Fails = true;
        await worker.ScoreAsync(Works.Of(Works.Lengths(40, 10)), CancellationToken.None).Soon();
        await Until.TrueAsync(() => worker.Status.Suspended);
        var runs = _engine.Runs;

        _fixture.Time.Advance(TimeSpan.FromSeconds(1.9));
        await Task.Yield();
        Assert.Equal(runs, _engine.Runs);
        _fixture.Time.Advance(TimeSpan.FromSeconds(0.61));

        await Until.TrueAsync(() => _engine.Runs == runs + 1);
    }

    [Fact]
    public async Task Works_that_fail_on_any_device_suspend_none()
    {
        var worker = _fixture.Start(_engine);
        for (var i = 0; i < 50; i++)
        {
            var poisoned = worker.ScoreAsync(Works.Of([6, 7], marker: Works.Poison), CancellationToken.None);
            Assert.Equal(WorkOutcome.Failed, (await poisoned.Soon()).Outcome);
        }

        Assert.True(worker.Status is { Ready: true, Suspended: false });
        var work = Works.Of([10, 20]);
        Assert.Equal(Works.Scores(work), (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Logits);
        Assert.Equal((1, 0), (_fixture.Log.Count(LogLevel.Warning), _fixture.Log.Count(LogLevel.Error)));
    }

    [Fact]
    public async Task A_device_that_gives_no_number_for_anything_is_one_that_fails()
    {
        _engine.GivesNothing = true;
        var worker = _fixture.Start(_engine);

        for (var i = 0; i < 50; i++)
        {
            await worker.ScoreAsync(Works.Of([6, 7]), CancellationToken.None).Soon();
        }

        Assert.True(worker.Status.Suspended);
        Assert.InRange(_engine.Runs, 5, 6);
    }

    [Fact]
    public async Task Another_model_of_the_device_is_served_on()
    {
        _engine.Fails = true;
        var worker = _fixture.Start([_engine, new ScriptedEngine(TestEngines.Instant, TestEngines.Describe(identity: "second"), TimeProvider.System)]);
        await worker.ScoreAsync(Works.Of(Works.Lengths(40, 10)), CancellationToken.None).Soon();
        await Until.TrueAsync(() => worker.Status.Suspended);

        var work = Works.Of([3]) with { ModelIdentity = "second" };

        Assert.Equal(WorkOutcome.Ok, (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);
        Assert.Equal([false, true], worker.Status.Models.Select(m => m.Ready));
        await worker.DrainAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task A_trial_that_hangs_loses_the_device()
    {
        _engine.Fails = true;
        var worker = _fixture.Start(_engine, new WorkerOptions { HungAfterAtLeast = TimeSpan.FromSeconds(2) });
        await worker.ScoreAsync(Works.Of(Works.Lengths(40, 10)), CancellationToken.None).Soon();
        await Until.TrueAsync(() => worker.Status.Suspended);
        var runs = _engine.Runs;
        _engine.Hold();
        _fixture.Time.Advance(TimeSpan.FromSeconds(1.26));
        await Until.TrueAsync(() => _engine.Runs == runs + 1);

        _fixture.Time.Advance(TimeSpan.FromSeconds(3));

        await worker.Lost.Soon();
        Assert.Equal(WorkOutcome.DeviceLost, (await worker.ScoreAsync(Works.Of([5]), CancellationToken.None).Soon()).Outcome);
        _engine.LetGo();
    }
}
