using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

public sealed class FormingAheadTests
{
    private const int FullBatch = 100;

    private static readonly EngineDescription Description = TestEngines.Describe(maxBatchTokens: FullBatch, maxPairTokens: FullBatch);

    [Fact]
    public async Task Nothing_is_expected_of_a_device_for_which_no_batch_was_formed_yet()
    {
        using var engine = new ManualEngine(Description, new LinearCost(1));
        var clock = new MonotonicClock(new SynchronizedTime());
        var (life, gate, options) = (new RunnerLifecycle(), new DeviceGate(turns: 1), new WorkerOptions());
        var budget = new BatchBudget(Description, engine.Cost, options.TargetBatchTime, clock);
        var member = new GroupMember(Description.ModelIdentity, new ModelQueue(new QueueLimits(1000, 1e6, 100), clock), gate, life);
        await using var suspension = new Suspension(0, Description, life, gate, options, clock, NullLogger.Instance);

        var lanes = new LaneSet(0, new LaneResources
        {
            Engine = engine,
            Clock = clock,
            Life = life,
            Gate = gate,
            Source = new BatchSource(member, new WorkerGroup(), budget),
            Budget = budget,
            Suspension = suspension,
            Failures = new FailureSampling(clock),
            Counter = new RunCounter(),
            DeviceLost = static (_, _) => { },
            Logger = NullLogger.Instance,
        });

        Assert.Null(lanes.TimeUntilEarly);
    }

    [Fact]
    public async Task While_one_lane_forms_the_batch_of_its_turn_the_other_one_leaves_a_full_batch_in_the_queue()
    {
        using var cost = new HeldCost();
        var engine = new ManualEngine(Description, cost);
        await using var fixture = new WorkerFixture();
        var worker = fixture.Start(engine);
        var first = worker.ScoreAsync(Works.Of([5]), CancellationToken.None);
        await cost.Held.Task.Soon();

        var second = worker.ScoreAsync(Works.Of([60, 40]), CancellationToken.None);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var waiting = worker.Status.QueuedTokens;
        cost.LetGo();
        engine.LetAllGo();

        Assert.Equal(FullBatch, waiting);
        Assert.Equal(WorkOutcome.Ok, (await first.Soon()).Outcome);
        Assert.Equal(WorkOutcome.Ok, (await second.Soon()).Outcome);
    }

    /// <summary>Holds a lane that has its first batch and asks how long it will run; before that it asks once, for the pair.</summary>
    private sealed class HeldCost : ICostModel, IDisposable
    {
        private readonly LinearCost _cost = new(1);
        private readonly ManualResetEventSlim _gate = new();
        private int _asked;

        public TaskCompletionSource<bool> Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double TokensPerSecond => _cost.TokensPerSecond;

        public void LetGo() => _gate.Set();

        public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
        {
            if (Thread.CurrentThread.Name?.Contains("/lane-", StringComparison.Ordinal) == true && Interlocked.Increment(ref _asked) == 2)
            {
                Held.TrySetResult(true);
                _gate.Wait(TimeSpan.FromSeconds(20));
            }

            return _cost.PredictMicroseconds(pairLengths);
        }

        public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
        {
        }

        public void Dispose() => _gate.Dispose();
    }
}
