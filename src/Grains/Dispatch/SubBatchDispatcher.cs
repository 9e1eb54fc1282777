using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;
using Reranker.Requests;

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
    /// <summary>Runs a job to its end: Ok when every slot is filled, UnknownModel when nobody serves its identity any more, Expired when it was cancelled.</summary>
    public async Task<RerankOutcome> RunAsync(DispatchJob job, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var outcome = RerankOutcome.Ok;
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
        return outcome == RerankOutcome.Ok && !job.Slots.IsComplete ? RerankOutcome.Expired : outcome;

        async Task RunAndStopOnFailureAsync(SubBatch subBatch)
        {
            var history = new SubBatchHistory(job, subBatch, chooser, fleet, budgets, options.Value);
            var race = new SubBatchRace(job, subBatch, history, sender, inquiry, fleet, budgets, time, options.Value);
            var ended = await race.RunAsync(stop.Token);
            if (ended != RerankOutcome.Ok && outcome == RerankOutcome.Ok)
            {
                outcome = ended;
                stop.Cancel();
            }
        }
    }
}
