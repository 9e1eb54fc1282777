using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reranker.Grains.Fleet;
using Reranker.Grains.Telemetry;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// Sends the sub-batches of a request to their workers and repeats what failed on others. The first thing that ends
/// the request ends its other sub-batches too.
/// </summary>
internal sealed partial class SubBatchDispatcher(
    FleetView fleet, WorkerChooser chooser, TimeProvider time, IOptions<DispatchOptions> options, ILogger<SubBatchDispatcher> logger)
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
            var ended = await RunAsync(job, subBatch, stop.Token);
            if (ended != Verdict.Ok && verdict == Verdict.Ok)
            {
                verdict = ended;
                await stop.CancelAsync();
            }
        }
    }

    private async Task<Verdict> RunAsync(DispatchJob job, SubBatch subBatch, CancellationToken stop)
    {
        var message = job.Pack(subBatch);
        var tried = new Dictionary<string, AttemptEnd>();
        var worker = job.Workers[subBatch.Candidate];
        var expected = subBatch.ExpectedSeconds;
        for (var attempt = 0; ; attempt++)
        {
            var end = await AttemptAsync(job, subBatch, message, worker, attempt, expected, stop);
            RequestMetrics.Attempted(end, subBatch.Tokens);
            if (Terminal(end, stop) is { } verdict)
            {
                return verdict;
            }

            tried[worker.Name] = end;
            if (end == AttemptEnd.WrongModel)
            {
                await DescribeAgainAsync(worker, stop);
            }

            var next = attempt + 1 < options.Value.MaxAttempts ? chooser.Next(job.Identity, tried, subBatch.Tokens) : null;
            if (next is null)
            {
                return GiveUp(job, end);
            }

            if (tried.ContainsKey(next.Name))
            {
                await Task.Delay(AttemptPolicy.Backoff(options.Value, attempt), time, stop)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            worker = next;
            expected = chooser.Candidate(worker).Finish(subBatch.Tokens);
        }
    }

    private static Verdict? Terminal(AttemptEnd end, CancellationToken stop) => end switch
    {
        AttemptEnd.Ok or AttemptEnd.Late => Verdict.Ok,
        _ when stop.IsCancellationRequested => Verdict.Cancelled,
        AttemptEnd.Cancelled => Verdict.Cancelled,
        AttemptEnd.Expired => Verdict.Expired,
        AttemptEnd.Invalid => Verdict.Failed,
        _ => null,
    };

    private Verdict GiveUp(DispatchJob job, AttemptEnd last)
    {
        if (!fleet.Current.Serving(job.Identity).Any())
        {
            return Verdict.IdentityGone;
        }

        return last switch
        {
            AttemptEnd.Busy => Verdict.Busy,
            AttemptEnd.Failed => Verdict.Failed,
            _ => Verdict.Unavailable,
        };
    }

    private async Task<AttemptEnd> AttemptAsync(
        DispatchJob job, SubBatch subBatch, ScoreRequest message, FleetWorker worker, int attempt, double expected, CancellationToken stop)
    {
        using var activity = GrainsTelemetry.Source.StartActivity("score");
        activity?.SetTag("reranker.worker", worker.Name)
            .SetTag("reranker.sub_batch", subBatch.Index)
            .SetTag("reranker.attempt", attempt)
            .SetTag("reranker.pairs", subBatch.Passages.Length)
            .SetTag("reranker.tokens", subBatch.Tokens);

        var end = await CallAsync(job, subBatch, message, worker, attempt, expected, stop);
        activity?.SetTag("reranker.outcome", end.ToString());
        if (end is AttemptEnd.Lost or AttemptEnd.TimedOut or AttemptEnd.Failed or AttemptEnd.Invalid)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        return end;
    }

    private async Task<AttemptEnd> CallAsync(
        DispatchJob job, SubBatch subBatch, ScoreRequest message, FleetWorker worker, int attempt, double expected, CancellationToken stop)
    {
        var remaining = job.Deadline.Remaining;
        if (stop.IsCancellationRequested || remaining == TimeSpan.Zero)
        {
            return stop.IsCancellationRequested ? AttemptEnd.Cancelled : AttemptEnd.Expired;
        }

        var alternative = fleet.Current.Serving(job.Identity).Any(w => w.Name != worker.Name && w.Estimate.TakesWork);
        using var limit = AttemptPolicy.Timeout(options.Value, expected, remaining, alternative) is { } timeout
            ? new CancellationTokenSource(timeout, time)
            : new CancellationTokenSource();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        worker.Estimate.Sent(subBatch.Tokens);
        try
        {
            var reply = await worker.Grain.ScoreAsync(
                message with { RemainingMilliseconds = ToMilliseconds(remaining), Attempt = attempt }, linked.Token);
            worker.Estimate.Report(reply.Load);
            return Take(job, subBatch, worker, reply);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return AttemptEnd.Cancelled;
        }
        catch (OperationCanceledException e)
        {
            fleet.Penalise(worker);
            LogLost(e.GetType().Name, worker.Name, subBatch.Index, attempt);
            return limit.IsCancellationRequested ? AttemptEnd.TimedOut : AttemptEnd.Lost;
        }
        catch (Exception e) when (AttemptPolicy.IsTransportFailure(e))
        {
            fleet.Penalise(worker);
            LogLost(e.GetType().Name, worker.Name, subBatch.Index, attempt);
            return AttemptEnd.Lost;
        }
        catch (Exception e)
        {
            fleet.Penalise(worker);
            LogFailed(e, worker.Name, subBatch.Index, attempt, e.GetType().Name);
            return AttemptEnd.Failed;
        }
    }

    private AttemptEnd Take(DispatchJob job, SubBatch subBatch, FleetWorker worker, ScoreReply reply)
    {
        if (reply.Outcome != ScoreOutcome.Ok)
        {
            var end = AttemptPolicy.Classify(reply.Outcome);
            if (end == AttemptEnd.Invalid)
            {
                LogInvalid(worker.Name, subBatch.Index, reply.Error);
            }
            else if (end == AttemptEnd.Failed)
            {
                LogFailed(null, worker.Name, subBatch.Index, 0, reply.Error);
            }

            return end;
        }

        if (reply.Logits.Length != subBatch.Passages.Length || Array.Exists(reply.Logits, l => !float.IsFinite(l)))
        {
            LogFailed(null, worker.Name, subBatch.Index, 0, "logits are missing or not finite");
            return AttemptEnd.Failed;
        }

        return job.Slots.TryFill(subBatch, reply.Logits, reply.QueueMicroseconds, reply.InferenceMicroseconds)
            ? AttemptEnd.Ok
            : AttemptEnd.Late;
    }

    private async Task DescribeAgainAsync(FleetWorker worker, CancellationToken stop)
    {
        try
        {
            await fleet.DescribeAsync(worker.Key.Silo, stop);
        }
        catch (Exception e)
        {
            fleet.Penalise(worker);
            LogLost(e.GetType().Name, worker.Name, -1, 0);
        }
    }

    private static int ToMilliseconds(TimeSpan span) => (int)Math.Clamp(Math.Ceiling(span.TotalMilliseconds), 1, int.MaxValue);

    [LoggerMessage(EventIds.AttemptLost, LogLevel.Warning, "No answer from {Worker} for sub-batch {SubBatch}, attempt {Attempt}: {Reason}")]
    private partial void LogLost(string reason, string worker, int subBatch, int attempt);

    [LoggerMessage(EventIds.AttemptFailed, LogLevel.Warning, "Worker {Worker} failed sub-batch {SubBatch}, attempt {Attempt}: {Reason}")]
    private partial void LogFailed(Exception? exception, string worker, int subBatch, int attempt, string? reason);

    [LoggerMessage(EventIds.AttemptInvalid, LogLevel.Error, "Worker {Worker} calls sub-batch {SubBatch} malformed: {Reason}")]
    private partial void LogInvalid(string worker, int subBatch, string? reason);
}
