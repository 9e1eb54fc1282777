using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Scoring;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>A worker's models come and go while it works.</summary>
public sealed class ModelChangeTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_model_that_is_added_is_served_beside_the_others()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        var work = Works.Of([3, 5]) with { ModelIdentity = "second" };
        Assert.Equal(WorkOutcome.WrongModel, (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);

        worker.AddModel(Second());

        Assert.Equal(WorkOutcome.Ok, (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);
        Assert.Equal(WorkOutcome.Ok, (await worker.ScoreAsync(Works.Of([3, 5]), CancellationToken.None).Soon()).Outcome);
        Assert.Equal(2, worker.Engines.Count);
        Assert.True(worker.Status.Ready);
    }

    [Fact]
    public async Task A_model_that_is_removed_finishes_what_it_has_and_the_others_go_on()
    {
        var engine = _fixture.Manual();
        var worker = _fixture.Start(engine);
        worker.AddModel(Second());
        var queued = worker.ScoreAsync(Works.Of([8]), CancellationToken.None);
        var run = await engine.NextRunAsync();

        var removed = worker.RemoveModelAsync(engine.Description.ModelIdentity, CancellationToken.None);

        Assert.False(removed.IsCompleted);
        Assert.Equal(WorkOutcome.WrongModel, (await worker.ScoreAsync(Works.Of([8]), CancellationToken.None).Soon()).Outcome);
        Assert.Equal("second", Assert.Single(worker.Engines).ModelIdentity);
        Assert.True(worker.Status is { Ready: true, Draining: false });
        run.Complete();
        Assert.Equal(WorkOutcome.Ok, (await queued.Soon()).Outcome);
        await removed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(engine.IsDisposed);
        var work = Works.Of([3]) with { ModelIdentity = "second" };
        Assert.Equal(WorkOutcome.Ok, (await worker.ScoreAsync(work, CancellationToken.None).Soon()).Outcome);
    }

    [Fact]
    public async Task A_worker_without_models_takes_no_work()
    {
        var engine = TestEngines.Scripted();
        var worker = _fixture.Start(engine);

        await worker.RemoveModelAsync(engine.Description.ModelIdentity, CancellationToken.None);
        await worker.RemoveModelAsync("unknown", CancellationToken.None);

        Assert.False(worker.Status.Ready);
        Assert.Empty(worker.Engines);
    }

    [Fact]
    public async Task The_same_model_twice_or_one_for_a_stopped_worker_is_an_error()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        Assert.Throws<ArgumentException>(() => worker.AddModel(TestEngines.Scripted()));

        await worker.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => worker.AddModel(Second()));
    }

    [Fact]
    public async Task A_model_that_gets_no_lane_is_refused_and_costs_the_others_nothing()
    {
        var worker = _fixture.Start(TestEngines.Scripted());
        using var added = new LanelessEngine("second", lanesThatThereAre: 1);

        var error = Assert.Throws<EngineException>(() => worker.AddModel(added));

        Assert.Equal("Model test gets no place to run on test: no lane", error.Message);
        Assert.Equal((1, 1), (added.Opened, added.Closed));
        Assert.False(worker.Lost.IsCompleted);
        Assert.Equal(TestEngines.Identity, Assert.Single(worker.Engines).ModelIdentity);
        Assert.True(worker.Status is { Ready: true, Lost: false });
        Assert.Equal(WorkOutcome.Ok, (await worker.ScoreAsync(Works.Of([3, 5]), CancellationToken.None).Soon()).Outcome);
    }

    [Fact]
    public void A_worker_whose_model_gets_no_lane_does_not_start_and_gives_back_what_it_took()
    {
        using var first = new LanelessEngine("first", lanesThatThereAre: 100);
        using var second = new LanelessEngine("second", lanesThatThereAre: 0);

        Assert.Throws<EngineException>(() => _fixture.Start([first, second]));

        Assert.Equal(first.Opened, first.Closed);
        Assert.NotEqual(0, first.Opened);
    }

    private sealed class LanelessEngine(string identity, int lanesThatThereAre) : IInferenceEngine
    {
        public EngineDescription Description { get; } = TestEngines.Describe(identity: identity);

        public ICostModel Cost { get; } = new LinearCost(1);

        public int Opened { get; private set; }

        public int Closed { get; private set; }

        public IEngineLane CreateLane()
        {
            if (Opened == lanesThatThereAre)
            {
                throw new InvalidOperationException("no lane");
            }

            Opened++;
            return new Lane(this);
        }

        public void Dispose()
        {
        }

        private sealed class Lane(LanelessEngine engine) : IEngineLane
        {
            public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits) => throw new NotSupportedException();

            public void Dispose() => engine.Closed++;
        }
    }

    private static ScriptedEngine Second()
        => new(TestEngines.Instant, TestEngines.Describe(identity: "second"), TimeProvider.System);
}
