using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>What a lost device had is done by another one, or ends with a clear outcome.</summary>
public sealed class LostDeviceTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_device_is_lost_to_every_model_on_it_and_to_none_on_another()
    {
        var first = _fixture.Manual();
        using var same = new ManualEngine(TestEngines.Describe(identity: "same"), new LinearCost(1));
        using var elsewhere = new ManualEngine(TestEngines.Describe(identity: "elsewhere") with { Device = "another" }, new LinearCost(1));
        elsewhere.LetAllGo();
        var worker = _fixture.Start([first, same, elsewhere]);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        (await first.NextRunAsync()).Fail(new EngineException(EngineFault.DeviceLost, "gone"));

        Assert.Equal(WorkOutcome.DeviceLost, (await running.Soon()).Outcome);
        await worker.Lost.Soon();
        var outcomes = new List<WorkOutcome>();
        foreach (var identity in (string[])["same", "elsewhere"])
        {
            var work = Works.Of([10]) with { ModelIdentity = identity };
            outcomes.Add((await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);
        }

        Assert.Equal([WorkOutcome.DeviceLost, WorkOutcome.Ok], outcomes);
    }

    [Fact]
    public async Task Nothing_of_a_lost_device_is_freed()
    {
        var engine = new CountingEngine();
        var worker = _fixture.Start(engine);
        await worker.ScoreAsync(Works.Of([10]), CancellationToken.None).Soon();
        await worker.Lost.Soon();
        await worker.DisposeAsync();

        Assert.Equal(0, engine.Disposed);
    }

    [Fact]
    public async Task A_lost_device_fails_everything_when_nobody_can_help()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        var running = worker.ScoreAsync(Works.Of([10]), CancellationToken.None);
        var run = await engine.NextRunAsync();
        var waiting = worker.ScoreAsync(Works.Of([20]), CancellationToken.None);
        run.Fail(new EngineException(EngineFault.DeviceLost, "gone"));

        Assert.All(await Task.WhenAll(running, waiting).Soon(), r => Assert.Equal(WorkOutcome.DeviceLost, r.Outcome));
        Assert.True(worker.Status is { Lost: true, Ready: false });
        await worker.Lost.Soon();
        Assert.Equal(WorkOutcome.DeviceLost, (await worker.ScoreAsync(Works.Of([5]), CancellationToken.None).Soon()).Outcome);
        await worker.DrainAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public async Task A_sibling_takes_over_what_a_lost_device_had()
    {
        var lost = _fixture.Manual();
        var healthy = _fixture.Manual();
        var sibling = _fixture.Start(healthy);
        var busy = sibling.ScoreAsync(Works.Of([7]), CancellationToken.None);
        await healthy.NextRunAsync();
        var worker = _fixture.Start(lost);
        var running = worker.ScoreAsync(Works.Of([10, 11]), CancellationToken.None);
        var run = await lost.NextRunAsync();
        var waiting = worker.ScoreAsync(Works.Of([20]), CancellationToken.None);

        run.Fail(new EngineException(EngineFault.DeviceLost, "gone"));
        healthy.LetAllGo();

        Assert.All(await Task.WhenAll(busy, running, waiting).Soon(), r => Assert.Equal(WorkOutcome.Ok, r.Outcome));
        Assert.True(worker.Status.Lost);
        Assert.True(sibling.Status.Ready);
    }

    [Fact]
    public async Task A_run_that_hangs_loses_the_device_and_a_sibling_takes_over()
    {
        var hung = _fixture.Manual();
        var worker = _fixture.Start(hung, new WorkerOptions { HungAfterAtLeast = TimeSpan.FromSeconds(2) });
        var work = Works.Of([10, 11]);
        var running = worker.ScoreAsync(work, CancellationToken.None);
        var run = await hung.NextRunAsync();
        var sibling = _fixture.Start(TestEngines.Scripted());
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(worker.Status.Lost);
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Works.Scores(work), (await running.Soon()).Logits);
        Assert.True(worker.Status.Lost);

        // The late end of the run changes nothing any more.
        run.Complete();
        Assert.True(sibling.Status.Ready);
    }

    [Fact]
    public async Task A_worker_that_loses_its_device_while_it_stops_gives_back_what_it_took_from_a_sibling()
    {
        var home = _fixture.Manual(maxBatchPairs: 1);
        var helper = _fixture.Manual(maxBatchPairs: 1);
        var worker = _fixture.Start(home);
        var stopping = _fixture.Start(helper);
        var work = Works.Of([8, 9, 10]);
        var scored = worker.ScoreAsync(work, CancellationToken.None);
        var helped = await helper.NextRunAsync();

        var stopped = stopping.DisposeAsync().AsTask();
        helped.Fail(new EngineException(EngineFault.DeviceLost, "gone"));
        home.LetAllGo();

        var result = await scored.Soon();
        Assert.Equal(WorkOutcome.Ok, result.Outcome);
        Assert.Equal(Works.Scores(work), result.Logits);
        await stopped.Soon();
    }

    [Fact]
    public async Task A_lane_that_crashes_while_it_forms_a_batch_loses_no_pair_of_it()
    {
        var crashing = new ManualEngine(TestEngines.Describe(maxBatchPairs: 64), new CostThatThrowsForTwo());
        var healthy = _fixture.Manual();

        // Held on its device, so that it does not take the work before the other one has tried.
        var held = _fixture.Start(healthy).ScoreAsync(Works.Of([7]), CancellationToken.None);
        await healthy.NextRunAsync();
        var worker = _fixture.Start(crashing);
        var work = Works.Of([8, 9, 10]);
        var scored = worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => worker.Status.Lost);
        healthy.LetAllGo();

        var result = await scored.Soon();
        Assert.Equal(WorkOutcome.Ok, result.Outcome);
        Assert.Equal(Works.Scores(work), result.Logits);
        await held.Soon();
    }

    private sealed class CostThatThrowsForTwo : ICostModel
    {
        public double TokensPerSecond => 1e6;

        public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
            => pairLengths.Length < 2 ? 1 : throw new InvalidOperationException("no prediction");

        public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
        {
        }
    }

    private sealed class CountingEngine : IInferenceEngine
    {
        private int _disposed;

        public int Disposed => Volatile.Read(ref _disposed);

        public EngineDescription Description { get; } = TestEngines.Describe();

        public ICostModel Cost { get; } = new LinearCost(1);

        public IEngineLane CreateLane() => new Lane(this);

        public void Dispose() => Interlocked.Increment(ref _disposed);

        private sealed class Lane(CountingEngine engine) : IEngineLane
        {
            public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
                => throw new EngineException(EngineFault.DeviceLost, "gone");

            public void Dispose() => engine.Dispose();
        }
    }
}
