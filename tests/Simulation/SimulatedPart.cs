using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Wire;
using Reranker.Inference.Scoring;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Fleet;
using Reranker.Simulation.Workload;
using Reranker.Workers;

namespace Reranker.Simulation;

/// <summary>A sub-batch on its way to a GPU and back, and to another one when it is refused.</summary>
internal sealed class SimulatedPart(
    SimulatedRequest request, SubBatch subBatch, SimulatedSilo silo, EventQueue events, DispatchOptions options)
{
    private readonly Dictionary<string, AttemptEnd> _tried = [];

    /// <summary>Sends it.</summary>
    public void Send(FleetWorker worker)
    {
        var way = (worker.IsLocal ? options.LocalOverhead : options.RemoteOverhead) / 2;
        worker.Estimate.GetModel(Card.Identity).CountSent(subBatch.Tokens);
        events.After(way, () => Arrive(worker, way));
    }

    private void Arrive(FleetWorker worker, TimeSpan way)
    {
        var remaining = request.Deadline - events.Now;
        if (request.End is not null || remaining <= TimeSpan.Zero)
        {
            return;
        }

        var gpu = silo.Gpu(worker);
        var queued = gpu.TryEnqueue(ToWork(remaining), (work, result) =>
        {
            request.Remove(work);
            Answer(worker, result.Outcome, gpu.Status.ToLoad(), way);
        });
        if (queued is null)
        {
            Answer(worker, WorkOutcome.Busy, gpu.Status.ToLoad(), way);
        }
        else if (!queued.IsDone)
        {
            request.Add(queued);
        }
    }

    private void Answer(FleetWorker worker, WorkOutcome outcome, WorkerLoad load, TimeSpan way) => events.After(way, () =>
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
            if (_tried.Count < options.MaxAttempts && Next() is { } next)
            {
                Send(next);
            }
            else
            {
                request.Finish(RequestEnd.Refused, events.Now);
            }
        }
    });

    private FleetWorker? Next()
    {
        silo.Eligible();
        return silo.Chooser.ChooseNext(Card.Identity, _tried, subBatch.Tokens);
    }

    private WorkItem ToWork(TimeSpan remaining)
    {
        var offsets = new int[subBatch.Passages.Length + 1];
        for (var i = 0; i < subBatch.Passages.Length; i++)
        {
            offsets[i + 1] = offsets[i] + request.Work.PairTokens[subBatch.Passages[i]];
        }

        return new WorkItem
        {
            ModelIdentity = Card.Identity,
            // What the tokens are changes nothing here.
            Ids = GC.AllocateUninitializedArray<int>(offsets[^1]),
            Offsets = offsets,
            Remaining = remaining,
            Tenant = request.Tenant.Name,
            RequestId = request.Id,
            RequestTokens = request.Tokens,
        };
    }
}
