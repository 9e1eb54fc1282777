using Reranker.Grains.Dispatch;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Dispatch;

/// <summary>Work of silos that do not say how it stands is sent again, as far as the silo's budget goes.</summary>
public sealed class ResendTests
{
    private const int Passages = 500;
    private const int Tokens = Passages * 6;
    private readonly DispatchOptions _options = new();

    [Fact]
    public void When_one_silo_of_three_falls_silent_all_that_it_has_is_answered_by_the_others()
    {
        var fleet = new ScriptedFleet([1, 1, 1], _options);
        Assert.All(Enumerable.Range(0, 30), _ => Assert.Equal(RerankOutcome.Ok, fleet.Run(Job(fleet))));

        var lost = fleet.Workers[0];
        (lost.OnScore, lost.OnProgress) = (static (_, _, stop) => ScriptedWorker.Never<ScoreReply>(stop), ScriptedWorker.Never<WorkProgress>);
        var verdicts = fleet.Pump.Run(() => Task.WhenAll(Enumerable.Range(0, 60).Select(_ => fleet.RunAsync(Job(fleet), TestContext.Current.CancellationToken))));

        Assert.All(verdicts, static v => Assert.Equal(RerankOutcome.Ok, v));
        Assert.Equal(30 + 60, lost.Calls.Count);
    }

    [Fact]
    public void Where_every_silo_is_slow_to_work_and_to_say_so_copies_stay_a_share_of_the_work()
    {
        const int Seconds = 60;
        var fleet = new ScriptedFleet([1, 1, 1], _options);
        foreach (var worker in fleet.Workers)
        {
            worker.OnScore = async (call, request, stop) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(3), fleet.Time, stop);
                return worker.Scored(call, request);
            };

            // Most questions are answered, so that no silo is taken for lost for long.
            worker.OnProgress = stop => worker.Questions % 3 == 0
                ? ScriptedWorker.Never<WorkProgress>(stop)
                : Task.FromResult(worker.At(WorkStage.Queued));
        }

        var jobs = new List<Task<RerankOutcome>>();
        var verdicts = fleet.Pump.Run(async () =>
        {
            for (var tick = 0; tick < Seconds * 20; tick++)
            {
                jobs.Add(fleet.RunAsync(Job(fleet), TestContext.Current.CancellationToken));
                await Task.Delay(TimeSpan.FromMilliseconds(50), fleet.Time, TestContext.Current.CancellationToken);
            }

            return await Task.WhenAll(jobs);
        });

        Assert.All(verdicts, static v => Assert.Equal(RerankOutcome.Ok, v));
        long sent = jobs.Count * 3L * Tokens;
        var resent = (fleet.Workers.Sum(static w => (long)w.Calls.Count) * Tokens) - sent;
        Assert.InRange(resent, 1, (0.1 * sent) + (3 * 100_000));
    }

    private static DispatchJob Job(ScriptedFleet fleet) => fleet.Job(TimeSpan.FromSeconds(10), Passages, Passages, Passages);
}
