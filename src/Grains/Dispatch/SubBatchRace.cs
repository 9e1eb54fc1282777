using Reranker.Attempts;
using Reranker.Grains.Fleet;
using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// The attempts to have one sub-batch scored. One is sent; one that fails is followed by another; one that is overdue
/// is asked after, and gets a copy beside it when it is stuck, lost or its silo silent, but not when it only waits its
/// turn. The first result counts, and the rest is cancelled. <see cref="SubBatchHistory"/> decides each step.
/// </summary>
/// <remarks>
/// An overdue attempt is never given up by itself: the estimate may be wrong and the answer under way. Runs on
/// the scheduler of its grain, one step at a time.
/// </remarks>
internal sealed class SubBatchRace(
    DispatchJob job,
    SubBatch subBatch,
    SubBatchHistory history,
    AttemptSender sender,
    AttemptInquiry inquiry,
    FleetView fleet,
    CopyBudgets budgets,
    TimeProvider time,
    DispatchOptions options)
{
    private readonly RunningAttempts<Attempt, AttemptEnd> _running = new();
    private readonly ScoreRequest _message = job.PackSubBatch(subBatch);
    private Task<(AttemptStanding Standing, TimeSpan LookAgain)>? _question;
    private TimeSpan? _patience;
    private bool _isWon;

    /// <summary>Runs attempts until one is scored or nothing more can be done.</summary>
    public async Task<RerankOutcome> RunAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            var step = history.BeginFirst();
            while (step.Kind != AttemptStepKind.Finish)
            {
                if (step.Pause > TimeSpan.Zero)
                {
                    await Task.Delay(step.Pause, time, end.Token)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                }

                if (step.Kind == AttemptStepKind.Start)
                {
                    SendAttempt(step.Attempt!, end.Token);
                }

                step = await AwaitNextStepAsync(stop, end.Token);
            }

            return step.Result;
        }
        finally
        {
            // Cancelled synchronously: the callbacks only send messages, and a hop over the thread pool would cost every sub-batch.
            end.Cancel();
            _running.HandOverAll(loser => _ = CountLoserAsync(loser));
        }
    }

    private void SendAttempt(Attempt attempt, CancellationToken end)
    {
        _patience = AttemptPolicy.FindPatience(options, attempt.ExpectedSeconds, job.Deadline.Remaining);
        if (attempt.Kind is AttemptKind.Hedge or AttemptKind.Resend)
        {
            DispatchMetrics.CountCopy(attempt.Kind, subBatch.Tokens);
        }
        else
        {
            budgets.AddDispatched(subBatch.Tokens);
        }

        _running.Add(attempt, sender.SendAsync(job, subBatch, _message, attempt, end));
    }

    // Waits until an attempt ends, a question is answered, or patience or the request is over, and says what follows.
    private async Task<AttemptStep<Attempt, RerankOutcome>> AwaitNextStepAsync(CancellationToken stop, CancellationToken end)
    {
        var wait = _question is null
            ? _running.WaitForAnyAsync(_patience ?? Timeout.InfiniteTimeSpan, time, end)
            : _running.WaitForAnyAsync(_question, end);
        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // A result before a question's answer, should both be there.
        if (_running.TryTakeEnded(out var attempt, out var ended))
        {
            return await JudgeEndAsync(attempt, await ended, stop, end);
        }

        if (stop.IsCancellationRequested)
        {
            return AttemptStep<Attempt, RerankOutcome>.Finish(RerankOutcome.Expired);
        }

        if (_question is { } question)
        {
            var (standing, lookAgain) = await question;
            (_question, _patience) = (null, history.MayStart || standing == AttemptStanding.Waiting ? lookAgain : null);
            return history.DecideAfterStanding(standing, _running);
        }

        _question = inquiry.AskStandingAsync(job, _running.Newest, end);
        return AttemptStep<Attempt, RerankOutcome>.Wait;
    }

    // What an attempt's end means for the sub-batch.
    private async Task<AttemptStep<Attempt, RerankOutcome>> JudgeEndAsync(
        Attempt attempt, AttemptEnd ended, CancellationToken stop, CancellationToken end)
    {
        DispatchMetrics.CountAttempt(ended, subBatch.Tokens);
        if (ended is AttemptEnd.Ok or AttemptEnd.Late)
        {
            _isWon = true;
            return AttemptStep<Attempt, RerankOutcome>.Finish(RerankOutcome.Ok);
        }

        if (stop.IsCancellationRequested)
        {
            return AttemptStep<Attempt, RerankOutcome>.Finish(RerankOutcome.Expired);
        }

        _question = null;
        if (ended == AttemptEnd.WrongModel)
        {
            await RelearnSiloAsync(attempt.Worker, end);
        }

        return history.DecideAfterEnd(attempt, ended, _running.Count > 0);
    }

    // Its worker no longer serves the model: what it serves now decides whether anybody does.
    private async Task RelearnSiloAsync(FleetWorker worker, CancellationToken end)
    {
        try
        {
            await fleet.LearnSiloAsync(worker.Key.Silo, end);
        }
        catch (Exception)
        {
            fleet.Penalize(worker);
        }
    }

    private async Task CountLoserAsync(Task<AttemptEnd> loser)
    {
        var ended = await loser;
        DispatchMetrics.CountAttempt(_isWon && ended == AttemptEnd.Cancelled ? AttemptEnd.Late : ended, subBatch.Tokens);
    }
}
