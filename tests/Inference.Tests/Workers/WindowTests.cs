using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Costs;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

/// <summary>A former that looks at a window of pairs empties the queue for a moment.</summary>
public sealed class WindowTests
{
    [Fact]
    public async Task A_lane_that_looked_while_the_window_was_out_is_woken_for_what_goes_back()
    {
        using var cost = new HeldCost();
        using var engine = new ManualEngine(TestEngines.Describe(maxBatchPairs: 1, lanes: 2), cost);
        var group = new WorkerGroup();
        var runner = new ModelRunner(0, engine, new WorkerOptions(), group, (_, _) => { }, new SynchronizedTime(), NullLogger.Instance);
        await using (runner)
        {
            runner.OpenLanes();
            runner.StartServing();
            var scored = runner.Intake.ScoreAsync(Works.Of([10, 11]), CancellationToken.None);
            await cost.Held.Task.Soon();

            // The other lane looks at the queue, finds nothing, and sleeps.
            group.WakeHelpersOrEndItems(TestEngines.Identity);
            await Task.Delay(50, TestContext.Current.CancellationToken);
            cost.LetGo();

            try
            {
                await Task.WhenAll(engine.NextRunAsync(), engine.NextRunAsync());
            }
            finally
            {
                engine.LetAllGo();
            }

            Assert.Equal(WorkOutcome.Ok, (await scored.Soon()).Outcome);
        }
    }

    /// <summary>Holds a lane that cuts its window into groups.</summary>
    private sealed class HeldCost : IPaddedCostModel, IDisposable
    {
        private readonly LinearCost _cost = new(1);
        private readonly ManualResetEventSlim _gate = new();

        public TaskCompletionSource<bool> Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public double TokensPerSecond => _cost.TokensPerSecond;

        public void LetGo() => _gate.Set();

        public double PredictMicroseconds(ReadOnlySpan<int> pairLengths) => _cost.PredictMicroseconds(pairLengths);

        public double PredictMicroseconds(int rows, int longest)
        {
            Held.TrySetResult(true);
            _gate.Wait(TimeSpan.FromSeconds(20));
            return rows * longest;
        }

        public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
        {
        }

        public void Dispose() => _gate.Dispose();
    }
}
