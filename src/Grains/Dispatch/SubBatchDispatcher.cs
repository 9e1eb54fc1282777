using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// Has all sub-batches of a request scored, each in a race of its own. The first thing that ends the request ends its
/// other sub-batches too.
/// </summary>
internal sealed class SubBatchDispatcher(
    FleetView fleet,
    WorkerChooser chooser,
    AttemptSender sender,
    AttemptInquiry inquiry,
    CopyBudgets budgets,
    TimeProvider time,
    IOptions<DispatchOptions> options)
{
    /// <summary>Runs a job to its end; the verdict is Ok when every slot is filled.</summary>
    public async Task<Verdict> RunAsync(DispatchJob job, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var verdict = Verdict.Ok;
        var running = new List<Task>(job.Plan.SubBatches.Length);
        foreach (var subBatch in job.Plan.SubBatches)
        {
            if (running.Count > 0)
            {
                // Packing a message takes up to half a millisecond; others of this grain get their turn between two.
                await Task.Yield();
            }

            if (!stop.IsCancellationRequested)
            {
                running.Add(RunAndStopOnFailureAsync(subBatch));
            }
        }

        await Task.WhenAll(running);
        return verdict == Verdict.Ok && !job.Slots.IsComplete ? Verdict.Cancelled : verdict;

        async Task RunAndStopOnFailureAsync(SubBatch subBatch)
        {
            var race = new SubBatchRace(job, subBatch, sender, inquiry, chooser, fleet, budgets, time, options.Value);
            var ended = await race.RunAsync(stop.Token);
            if (ended != Verdict.Ok && verdict == Verdict.Ok)
            {
                verdict = ended;
                stop.Cancel();
            }
        }
    }
}
