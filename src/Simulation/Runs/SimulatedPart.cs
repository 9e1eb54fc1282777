using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Wire;
using Reranker.Inference.Scoring;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Fleet;
using Reranker.Simulation.Time;
using Reranker.Simulation.Workload;
using Reranker.Workers;

namespace Reranker.Simulation.Runs;

/// <summary>A sub-batch on its way to a GPU and back, and to another one when it is refused.</summary>
internal sealed class SimulatedPart(
    SimulatedRequest request, SubBatch subBatch, SimulatedSilo silo, EventQueue events, DispatchOptions options)
{
    private static int[] _ids = [];

    private readonly Dictionary<string, AttemptEnd> _tried = [];

    /// <summary>Sends it.</summary>
    public void SendTo(FleetWorker worker)
    {
        var way = (worker.IsLocal ? options.LocalOverhead : options.RemoteOverhead) / 2;
        worker.Estimate.GetModel(Card.Identity).CountSent(subBatch.Tokens);
        events.PlanAfter(way, () => EnqueueOn(worker, way));
    }

    private void EnqueueOn(FleetWorker worker, TimeSpan way)
    {
        var remaining = request.Deadline - events.Now;
        if (request.End is not null || remaining <= TimeSpan.Zero)
        {
            return;
        }

        var gpu = silo.FindGpu(worker);
        var queued = gpu.TryEnqueue(CreateWork(remaining), (work, result) =>
        {
            request.RemoveLive(work);
            TakeAnswer(worker, result.Outcome, gpu.Status.ToLoad(), way);
        });
        if (queued is null)
        {
            TakeAnswer(worker, WorkOutcome.Busy, gpu.Status.ToLoad(), way);
        }
        else if (!queued.IsDone)
        {
            request.AddLive(queued);
        }
    }

    private void TakeAnswer(FleetWorker worker, WorkOutcome outcome, WorkerLoad load, TimeSpan way) => events.PlanAfter(way, () =>
    {
        worker.Estimate.TakeReport(load);
        if (request.End is not null)
        {
            return;
        }

        if (outcome == WorkOutcome.Ok)
        {
            if (--request.PartsLeft == 0)
            {
                request.Finish(RequestEnd.Ok, events.Now);
            }
        }
        else if (outcome != WorkOutcome.Busy)
        {
            request.Finish(RequestEnd.Expired, events.Now);
        }
        else
        {
            _tried[worker.Name] = AttemptEnd.Busy;
            if (_tried.Count < options.MaxAttempts && ChooseNext() is { } next)
            {
                SendTo(next);
            }
            else
            {
                request.Finish(RequestEnd.Refused, events.Now);
            }
        }
    });

    private FleetWorker? ChooseNext()
    {
        silo.FindEligible();
        return silo.Chooser.ChooseNext(Card.Identity, _tried, subBatch.Tokens);
    }

    // What the tokens are changes nothing here, so all works have the same. Arrays of their own would be most of what a simulation
    // allocates, and large enough that the garbage collector walks everything for them.
    private static int[] FindIds(int least)
    {
        var ids = Volatile.Read(ref _ids);
        if (ids.Length < least)
        {
            ids = new int[2 * least];
            Volatile.Write(ref _ids, ids);
        }

        return ids;
    }

    private WorkItem CreateWork(TimeSpan remaining)
    {
        var offsets = new int[subBatch.Passages.Length + 1];
        for (var i = 0; i < subBatch.Passages.Length; i++)
        {
            offsets[i + 1] = offsets[i] + request.Work.PairTokens[subBatch.Passages[i]];
        }

        return new WorkItem
        {
            ModelIdentity = Card.Identity,
            Ids = FindIds(offsets[^1]),
            Offsets = offsets,
            Remaining = remaining,
            Tenant = request.Tenant.Name,
            RequestId = request.Id,
            RequestTokens = request.Tokens,
        };
    }
}
