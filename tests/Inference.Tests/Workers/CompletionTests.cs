using CsCheck;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

public sealed class CompletionTests
{
    private enum Step
    {
        Enqueue,
        Cancel,
        Advance,
        Drain,
        Dispose,
    }

    private static readonly Gen<(Step Step, int[] Lengths, int Tenant)> Steps = Gen.Select(
        Gen.Frequency((20, Gen.Const(Step.Enqueue)), (6, Gen.Const(Step.Cancel)), (2, Gen.Const(Step.Advance)), (1, Gen.Const(Step.Drain)), (1, Gen.Const(Step.Dispose))),
        Gen.Int[1, 40].Array[0, 12],
        Gen.Int[0, 3]);

    private static readonly Gen<ScriptedEngineOptions> Scripts = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30], Gen.Int[1, 3]).Select(
        (fail, lose, lanes) => TestEngines.Instant with { FailEvery = fail, LoseDeviceAfter = lose, Lanes = lanes, MaxBatchPairs = 8 });

    [Fact]
    public async Task Every_work_ends_with_its_scores_or_one_error_whatever_happens()
        => await Gen.Select(Steps.Array[1, 60], Scripts, Scripts).SampleAsync(
            async scenario => await RunAsync(scenario.Item1, scenario.Item2, scenario.Item3), iter: 150, threads: 2, seed: "0000KlVgIHS5");

    private static async Task RunAsync((Step Step, int[] Lengths, int Tenant)[] steps, ScriptedEngineOptions one, ScriptedEngineOptions other)
    {
        await using var fixture = new WorkerFixture();
        ScoringWorker[] workers = [fixture.Start(TestEngines.Scripted(one)), fixture.Start(TestEngines.Scripted(other))];
        using var cancellation = new CancellationTokenSource();
        var works = new List<(WorkItem Work, Task<WorkResult> Task)>();
        var background = new List<Task>();
        foreach (var (step, lengths, tenant) in steps)
        {
            switch (step)
            {
                case Step.Enqueue:
                    var work = Works.Of(lengths, marker: tenant + 1, tenant: $"{tenant}");
                    var token = lengths.Length % 3 == 0 ? cancellation.Token : CancellationToken.None;
                    works.Add((work, workers[tenant % 2].ScoreAsync(work, token)));
                    break;
                case Step.Cancel:
                    await cancellation.CancelAsync();
                    break;
                case Step.Advance:
                    fixture.Time.Advance(TimeSpan.FromSeconds(50));
                    break;
                case Step.Drain:
                    background.Add(workers[tenant % 2].DrainAsync(CancellationToken.None));
                    break;
                default:
                    background.Add(workers[tenant % 2].DisposeAsync().AsTask());
                    break;
            }
        }

        foreach (var (work, task) in works)
        {
            var result = await task.Soon();
            Assert.Equal(result.Outcome == WorkOutcome.Ok ? Works.Scores(work) : [], result.Logits);
        }

        await Task.WhenAll(background).Soon();
        Assert.All(workers, w => Assert.Equal(0, w.Status.QueuedTokens));
    }
}
