using CsCheck;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Tests.Dispatch.Fakes;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Tests.Dispatch;

/// <summary>Whatever workers do and whenever they do it, a request is answered whole and once, or not at all.</summary>
public sealed class RandomScheduleTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>What one call does after how many milliseconds.</summary>
    private static readonly Gen<(int Delay, int What)> Act =
        Gen.Select(Gen.Frequency((4, Gen.Int[0, 50]), (2, Gen.Int[50, 900]), (1, Gen.Int[900, 4_000])), Gen.Int[0, 11]);

    private static readonly Gen<Schedule> Schedules = Gen.Select(
        Gen.Int[1, 2].Array[1, 3], Gen.Int[1, 5].Array[1, 5], Act.Array[40], Gen.Int[0, 9].Array[20], Gen.Double[0, 1], Gen.Int)
        .Select((silos, parts, acts, answers, share, seed) => new Schedule(silos, parts, acts, answers, share, seed));

    [Fact]
    public void No_slot_is_written_twice_no_request_is_half_answered_and_no_budget_is_exceeded()
        => Schedules.Sample(Check, iter: 150, threads: 1);

    private static void Check(Schedule schedule)
    {
        var fleet = new ScriptedFleet(schedule.Silos, new DispatchOptions { HedgeShare = schedule.Share }, schedule.Seed);
        int calls = 0, questions = 0;
        foreach (var worker in fleet.Workers)
        {
            worker.OnScore = (call, request, stop) => PlayAsync(fleet, worker, call, request, schedule.Acts[calls++ % schedule.Acts.Length], stop);
            worker.OnProgress = stop => AnswerAsync(fleet, worker, schedule.Answers[questions++ % schedule.Answers.Length], stop);
        }

        var job = fleet.Job(Deadline, schedule.Parts);
        var verdict = fleet.Run(job);

        var sent = fleet.Workers.SelectMany(w => w.Calls).Sum(c => c.Request.Count * 6L);
        Assert.True(fleet.Budget.SpentTokens <= (schedule.Share * fleet.Budget.DispatchedTokens) + 1e-6);
        Assert.True(sent <= fleet.Budget.SpentTokens + fleet.Budgets.ResentTokens + fleet.Budget.DispatchedTokens);
        if (verdict != RerankOutcome.Ok)
        {
            return;
        }

        float[] answer = [.. job.Slots.GetCompleteLogits()];
        AssertWhole(job, answer, fleet);

        // Whatever comes late changes nothing.
        fleet.Pump.Continue(TimeSpan.FromSeconds(5));
        Assert.Equal(answer, job.Slots.GetCompleteLogits());
    }

    // Every part's scores come from one call of one worker that was really made.
    private static void AssertWhole(DispatchJob job, float[] answer, ScriptedFleet fleet)
    {
        foreach (var part in job.Plan.SubBatches)
        {
            var sources = part.Passages.Select(p => answer[p] - (100 + p)).Distinct().ToArray();
            var source = (int)Assert.Single(sources);
            Assert.InRange((source % 10_000) / 1_000, 0, fleet.Workers[source / 10_000].Calls.Count - 1);
        }
    }

    private static async Task<ScoreReply> PlayAsync(
        ScriptedFleet fleet, ScriptedWorker worker, int call, ScoreRequest request, (int Delay, int What) act, CancellationToken stop)
    {
        // Some do not hear that they are cancelled, and answer late.
        var hears = act.What % 2 == 0;
        await Task.Delay(TimeSpan.FromMilliseconds(act.Delay), fleet.Time, hears ? stop : CancellationToken.None);
        return act.What switch
        {
            < 5 => worker.Scored(call, request),
            5 => worker.Refused(ScoreOutcome.Busy),
            6 => worker.Refused(ScoreOutcome.Failed),
            7 => worker.Scored(call, request) with { Logits = new float[request.Count - 1] },
            8 => throw new TimeoutException(),
            9 => worker.Refused(ScoreOutcome.Draining),
            10 => await ScriptedWorker.Never<ScoreReply>(stop),
            _ => throw new InvalidCastException(),
        };
    }

    private static async Task<WorkProgress> AnswerAsync(ScriptedFleet fleet, ScriptedWorker worker, int answer, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(answer), fleet.Time, stop);
        return answer switch
        {
            < 5 => worker.Stuck(),
            5 => worker.At(WorkStage.Absent),
            6 => worker.At(WorkStage.Queued),
            7 => worker.At(WorkStage.Running),
            8 => throw new TimeoutException(),
            _ => await ScriptedWorker.Never<WorkProgress>(stop),
        };
    }

    private sealed record Schedule(int[] Silos, int[] Parts, (int Delay, int What)[] Acts, int[] Answers, double Share, int Seed);
}
