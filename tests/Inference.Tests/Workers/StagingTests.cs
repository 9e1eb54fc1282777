using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>A batch that is formed while another runs is laid out then, and run as it was laid out.</summary>
public sealed class StagingTests : IAsyncDisposable
{
    private const int FullBatch = 100;

    private readonly WorkerFixture _fixture = new();
    private readonly StagingEngine _engine = new();
    private readonly ScoringWorker _worker;

    public StagingTests() => _worker = _fixture.Start(_engine);

    public async ValueTask DisposeAsync()
    {
        _engine.LetGo(100);
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_full_batch_is_staged_while_another_runs()
    {
        var first = _worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await _engine.RunBegan();
        var work = Works.Of([60, 40]);
        var second = _worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => _engine.Log.Contains("stage 2"));

        _engine.LetGo(2);

        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(Works.Scores(work), (await second.Soon()).Logits);
        Assert.Equal(["run 1", "stage 2", "run staged 2"], _engine.Log);
    }

    [Fact]
    public async Task What_was_staged_with_a_work_that_ended_since_is_not_run_as_it_was_staged()
    {
        var first = _worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await _engine.RunBegan();
        using var cancel = new CancellationTokenSource();
        var work = Works.Of([40]);
        var cancelled = _worker.ScoreAsync(Works.Of([FullBatch - 40]), cancel.Token);
        var kept = _worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => _engine.Log.Contains("stage 2"));
        await cancel.CancelAsync();

        _engine.LetGo(2);

        Assert.Equal(WorkOutcome.Cancelled, (await cancelled.Soon()).Outcome);
        Assert.Equal(Works.Scores(work), (await kept.Soon()).Logits);
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(["run 1", "stage 2", "run 1"], _engine.Log);
    }

    [Fact]
    public async Task A_batch_that_fails_as_staged_is_halved_without_what_was_staged()
    {
        var first = _worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await _engine.RunBegan();
        var poisoned = _worker.ScoreAsync(Works.Of([60], marker: Works.Poison), CancellationToken.None);
        var work = Works.Of([40]);
        var healthy = _worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => _engine.Log.Contains("stage 2"));

        _engine.LetGo(10);

        Assert.Equal(WorkOutcome.Failed, (await poisoned.Soon()).Outcome);
        Assert.Equal(Works.Scores(work), (await healthy.Soon()).Logits);
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(["run 1", "stage 2", "run staged 2", "run 1"], _engine.Log.Take(4));
    }

    [Fact]
    public async Task What_was_staged_and_has_no_work_left_is_never_run_for_another()
    {
        var first = _worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await _engine.RunBegan();
        using var cancel = new CancellationTokenSource();
        var cancelled = _worker.ScoreAsync(Works.Of([60, 40], marker: 9), cancel.Token);
        await Until.TrueAsync(() => _engine.Log.Contains("stage 2"));
        await cancel.CancelAsync();
        _engine.LetGo(10);
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(WorkOutcome.Cancelled, (await cancelled.Soon()).Outcome);

        // As many pairs as were staged, one after another on both lanes.
        for (var i = 0; i < 4; i++)
        {
            var work = Works.Of([30, 20], marker: i + 1);
            Assert.Equal(Works.Scores(work), (await _worker.ScoreAsync(work, CancellationToken.None).Soon()).Logits);
        }
    }

    [Fact]
    public async Task What_was_staged_before_a_trial_of_the_device_is_not_run_as_it_was_staged()
    {
        // Works of a suspended model are kept only where a sibling may run them; this one is busy for as long as the test wants.
        await using var fixture = new WorkerFixture();
        var sibling = fixture.Manual();
        var busy = fixture.Start(sibling).ScoreAsync(Works.Of([7]), CancellationToken.None);
        await sibling.NextRunAsync();
        var engine = new StagingEngine();
        var worker = fixture.Start(engine, new WorkerOptions { SuspendAfterFailures = 1 });
        fixture.Log.OnLine = level =>
        {
            if (level == LogLevel.Error)
            {
                // Suspended: the device works again, and its pause is over before the next lane has its turn.
                engine.Fails = false;
                fixture.Log.OnLine = null;
                fixture.Time.Advance(TimeSpan.FromSeconds(2));
            }
        };
        try
        {
            var first = worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
            await engine.RunBegan();
            var work = Works.Of([60, 40]);
            var second = worker.ScoreAsync(work, CancellationToken.None);
            await Until.TrueAsync(() => engine.Log.Contains("stage 2"));
            engine.Fails = true;

            engine.LetGo(100);

            Assert.Equal(Works.Scores(work), (await second.Soon()).Logits);
            Assert.Equal(["run 1", "stage 2", "run 1", "run 1", "run 2"], engine.Log.Take(5));
            sibling.LetAllGo();
            Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
            Assert.Equal(WorkOutcome.Ok, (await busy.Soon()).Outcome);
        }
        finally
        {
            engine.LetGo(100);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_staging_throws_the_batch_is_run_as_if_nothing_had_been_staged(bool fails)
    {
        _engine.StagingError = fails ? new InvalidOperationException("not a word of an engine's") : new EngineException(EngineFault.OutOfMemory, "too large");
        var first = _worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await _engine.RunBegan();
        var poisoned = _worker.ScoreAsync(Works.Of([60], marker: Works.Poison), CancellationToken.None);
        var work = Works.Of([40]);
        var healthy = _worker.ScoreAsync(work, CancellationToken.None);
        await Until.TrueAsync(() => _engine.Log.Contains("stage 2"));

        _engine.LetGo(10);

        Assert.Equal(WorkOutcome.Failed, (await poisoned.Soon()).Outcome);
        Assert.Equal(Works.Scores(work), (await healthy.Soon()).Logits);
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(["run 1", "stage 2", "run 2", "run 1"], _engine.Log.Take(4));
        Assert.True(_worker.Status.Ready);
    }

    private sealed class StagingEngine : IInferenceEngine
    {
        private readonly Channel<bool> _began = Channel.CreateUnbounded<bool>();
        private readonly SemaphoreSlim _turns = new(0);

        public EngineDescription Description { get; } = TestEngines.Describe(maxBatchTokens: FullBatch, maxPairTokens: FullBatch);

        public ICostModel Cost { get; } = new LinearCost(1);

        public ConcurrentQueue<string> Log { get; } = [];

        public Exception? StagingError { get; set; }

        /// <summary>True while every run fails.</summary>
        public bool Fails { get; set; }

        public Task<bool> RunBegan() => _began.Reader.ReadAsync().AsTask().Soon();

        public void LetGo(int runs) => _turns.Release(runs);

        public IEngineLane CreateLane() => new Lane(this);

        public void Dispose() => _turns.Dispose();

        private sealed class Lane(StagingEngine engine) : IStagingLane
        {
            private ReadOnlyMemory<int>[] _staged = [];

            public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
            {
                // In the same buffers, as a real lane does.
                _staged = pairs.ToArray();
                Score($"run {pairs.Length}", pairs, logits);
            }

            public void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs)
            {
                _staged = pairs.ToArray();
                engine.Log.Enqueue($"stage {pairs.Length}");
                if (engine.StagingError is { } error)
                {
                    throw error;
                }
            }

            public void RunStaged(Span<float> logits) => Score($"run staged {_staged.Length}", _staged, logits);

            public void Dispose()
            {
            }

            private void Score(string entry, ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
            {
                engine.Log.Enqueue(entry);
                engine._began.Writer.TryWrite(true);
                engine._turns.Wait();
                if (engine.Fails)
                {
                    throw new EngineException(EngineFault.Batch, "the device fails");
                }

                for (var i = 0; i < pairs.Length; i++)
                {
                    logits[i] = pairs[i].Span[^1] == Works.Poison
                        ? throw new EngineException(EngineFault.Batch, "poison")
                        : ScriptedScore.ComputeScore(pairs[i].Span);
                }
            }
        }
    }
}
