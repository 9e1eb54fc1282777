using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Grains.Telemetry;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>Sends one attempt to its worker and says how it ended. Never throws.</summary>
internal sealed partial class AttemptSender(FleetView fleet, ILogger<AttemptSender> logger)
{
    /// <summary>Sends the sub-batch; a result that comes first goes into its slot.</summary>
    /// <param name="job">The request.</param>
    /// <param name="subBatch">Its part.</param>
    /// <param name="message">The part, packed.</param>
    /// <param name="attempt">Where it goes.</param>
    /// <param name="stop">Cancelled when the attempt is not needed any more; reaches the worker's queue.</param>
    public async Task<AttemptEnd> SendAsync(
        DispatchJob job, SubBatch subBatch, ScoreRequest message, Attempt attempt, CancellationToken stop)
    {
        using var activity = GrainsTelemetry.Source.StartActivity("score");
        activity?.SetTag("reranker.worker", attempt.Worker.Name)
            .SetTag("reranker.sub_batch", subBatch.Index)
            .SetTag("reranker.attempt", attempt.Number)
            .SetTag("reranker.attempt_kind", attempt.Kind.ToString())
            .SetTag("reranker.pairs", subBatch.Passages.Length)
            .SetTag("reranker.tokens", subBatch.Tokens);

        var end = await CallWorkerAsync(job, subBatch, message, attempt, stop);
        activity?.SetTag("reranker.outcome", end.ToString());
        if (end is AttemptEnd.Lost or AttemptEnd.Failed or AttemptEnd.Invalid)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        return end;
    }

    private async Task<AttemptEnd> CallWorkerAsync(
        DispatchJob job, SubBatch subBatch, ScoreRequest message, Attempt attempt, CancellationToken stop)
    {
        var worker = attempt.Worker;
        if (stop.IsCancellationRequested || job.Deadline.HasPassed)
        {
            return stop.IsCancellationRequested ? AttemptEnd.Cancelled : AttemptEnd.Expired;
        }

        worker.Estimate.GetModel(job.Identity).CountSent(subBatch.Tokens);
        try
        {
            var reply = await worker.Grain.ScoreAsync(
                message with { RemainingMilliseconds = job.Deadline.RemainingMilliseconds, Attempt = attempt.Number }, stop);
            worker.Estimate.TakeReport(reply.Load);
            return FillScoresFromReply(job, subBatch, attempt, reply);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return AttemptEnd.Cancelled;
        }
        catch (Exception e) when (AttemptPolicy.IsTransportFailure(e))
        {
            fleet.Penalize(worker);
            LogLost(e.GetType().Name, worker.Name, subBatch.Index, attempt.Number);
            return AttemptEnd.Lost;
        }
        catch (Exception e)
        {
            fleet.Penalize(worker);
            LogFailed(e, worker.Name, subBatch.Index, attempt.Number, e.GetType().Name);
            return AttemptEnd.Failed;
        }
    }

    private AttemptEnd FillScoresFromReply(DispatchJob job, SubBatch subBatch, Attempt attempt, ScoreReply reply)
    {
        if (reply.Outcome != ScoreOutcome.Ok)
        {
            var end = AttemptPolicy.TranslateOutcome(reply.Outcome);
            if (end == AttemptEnd.Invalid)
            {
                LogInvalid(attempt.Worker.Name, subBatch.Index, reply.Error);
            }
            else if (end == AttemptEnd.Failed)
            {
                LogFailed(null, attempt.Worker.Name, subBatch.Index, attempt.Number, reply.Error);
            }

            return end;
        }

        if (reply.Logits.Length != subBatch.Passages.Length || Array.Exists(reply.Logits, l => !float.IsFinite(l)))
        {
            LogFailed(null, attempt.Worker.Name, subBatch.Index, attempt.Number, "logits are missing or not finite");
            return AttemptEnd.Failed;
        }

        var times = new WorkerTimes(reply.QueueMicroseconds, reply.InferenceMicroseconds, reply.TotalMicroseconds);
        return job.Slots.TryFill(subBatch, reply.Logits, times)
            ? AttemptEnd.Ok
            : AttemptEnd.Late;
    }

    [LoggerMessage(GrainsEventIds.AttemptLost, LogLevel.Warning, "No answer from {Worker} for sub-batch {SubBatch}, attempt {Attempt}: {Reason}")]
    private partial void LogLost(string reason, string worker, int subBatch, int attempt);

    [LoggerMessage(GrainsEventIds.AttemptFailed, LogLevel.Warning, "Worker {Worker} failed sub-batch {SubBatch}, attempt {Attempt}: {Reason}")]
    private partial void LogFailed(Exception? exception, string worker, int subBatch, int attempt, string? reason);

    [LoggerMessage(GrainsEventIds.AttemptInvalid, LogLevel.Error, "Worker {Worker} calls sub-batch {SubBatch} malformed: {Reason}")]
    private partial void LogInvalid(string worker, int subBatch, string? reason);
}
