using System.Diagnostics;
using Orleans.Concurrency;
using Orleans.Placement;
using Reranker.Grains.Placement;
using Reranker.Grains.Wire;
using Reranker.Inference.Scoring;
using Reranker.Workers;

namespace Reranker.Grains.Workers;

/// <summary>
/// The address of one local worker: unpacks a sub-batch, hands it to the worker, maps the answer. It owns nothing, so
/// that losing the activation loses no weights; reentrant, because a worker merges the work of many callers.
/// </summary>
[PinnedToSilo, Reentrant, KeepAlive, Immovable]
internal sealed class GpuWorkerGrain(WorkerRegistry registry) : Grain, IGpuWorkerGrain
{
    private const double MaxWayBack = 50;
    private const double WayBackShare = 0.1;

    private IScoringWorker _worker = null!;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        _worker = (WorkerKey.TryParse(key, out var parsed) ? registry.FindWorker(parsed.Ordinal) : null)
            ?? throw new WorkerHostGoneException(key);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ScoreReply> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        if (!PairPacking.TryUnpack(request, out var ids, out var offsets, out var error))
        {
            return new ScoreReply { Outcome = ScoreOutcome.Invalid, Error = error, Load = _worker.Status.ToLoad() };
        }

        var result = await _worker.ScoreAsync(
            new WorkItem
            {
                ModelIdentity = request.ModelIdentity,
                Ids = ids,
                Offsets = offsets,
                Remaining = SubtractReplyTime(request.RemainingMilliseconds),
                Tenant = request.Tenant,
                RequestId = request.RequestId,
                RequestTokens = request.RequestTokens,
                Priority = FindClass(request.Priority),
                Parent = Activity.Current?.Context ?? default,
            },
            cancellationToken);

        return new ScoreReply
        {
            Outcome = result.Outcome.ToWire(),
            Logits = result.Logits,
            Error = result.Error,
            Load = _worker.Status.ToLoad(),
            QueueMicroseconds = (long)result.QueueTime.TotalMicroseconds,
            InferenceMicroseconds = (long)result.InferenceTime.TotalMicroseconds,
            Batches = result.Batches,
            TotalMicroseconds = (long)result.TotalTime.TotalMicroseconds,
        };
    }

    /// <inheritdoc/>
    public Task<WorkerLoad> GetLoadAsync(CancellationToken cancellationToken) => Task.FromResult(_worker.Status.ToLoad());

    /// <inheritdoc/>
    public Task<WorkProgress> GetProgressAsync(string modelIdentity, Guid requestId, CancellationToken cancellationToken)
    {
        var status = _worker.FindProgress(modelIdentity, requestId);
        return Task.FromResult(new WorkProgress
        {
            Stage = status.Stage.ToWire(),
            RunningMicroseconds = (long)status.Running.TotalMicroseconds,
            PredictedMicroseconds = (long)status.Predicted.TotalMicroseconds,
            Load = _worker.Status.ToLoad(),
        });
    }

    // What a later release may add is nothing special here.
    private static PriorityClass FindClass(WorkPriority priority) => priority switch
    {
        WorkPriority.High => PriorityClass.High,
        WorkPriority.Low => PriorityClass.Low,
        _ => PriorityClass.Normal,
    };

    // Scores that are ready at the very deadline come too late, and have cost the device as much as others.
    private static TimeSpan SubtractReplyTime(int milliseconds)
        => TimeSpan.FromMilliseconds(milliseconds - Math.Min(MaxWayBack, WayBackShare * milliseconds));
}
