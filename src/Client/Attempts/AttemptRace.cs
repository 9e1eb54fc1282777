using Microsoft.Extensions.Logging;
using Reranker.Attempts;
using Reranker.Budgets;
using Reranker.Client.Connection;
using Reranker.Client.Fleet;
using Reranker.Client.Logging;
using Reranker.Client.Parts;
using Reranker.Client.Shards;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// The attempts of one request. The first goes to a random shard; another one follows a lost answer, or is started beside those whose
/// silos do not answer for them. The first response wins and the rest is cancelled. <see cref="AttemptHistory"/> decides each step.
/// </summary>
/// <remarks>
/// An overdue attempt is not given up, because the estimate may be wrong and the answer under way; abandoning it would
/// turn every wrong estimate into work that never ends. Orleans tells a client nothing for up to its response time-out
/// when a silo is killed, so waiting for an error is no alternative.
/// </remarks>
internal sealed partial class AttemptRace(
    IGrainFactory grains,
    RerankerClientOptions options,
    ShardPicker shards,
    ShardHealth health,
    FleetHints hints,
    ClusterContact contact,
    ResponseAssembler responses,
    PartInquiry partInquiry,
    TimeProvider time,
    ILogger<AttemptRace> logger)
{
    private readonly SiloInquiry _inquiry = new(grains, contact, time);
    private readonly LargeSends _largeSends = new(time);
    private readonly ResendBudget _resends = new(options.ResendShare, options.ResendTokens, time);

    /// <summary>Runs attempts until one has a response that repeating cannot improve, the attempts are used up or the deadline passes.</summary>
    /// <param name="request">The request; its remaining time is set anew for every attempt.</param>
    /// <param name="tokens">Estimated tokens of it.</param>
    /// <param name="allowance">Time the request has from now.</param>
    /// <param name="ledger">Takes in scores before all are known; null when the caller waits for the whole.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<RerankResponse> RunAsync(
        RerankRequest request, double tokens, TimeSpan allowance, PartLedger? ledger, CancellationToken cancellationToken)
    {
        var deadline = new Deadline(time, allowance);
        var history = new AttemptHistory(options, shards, _resends, tokens, deadline);
        using var sending = _largeSends.TrackIfLarge(request);
        _resends.AddSent(tokens);
        var attempts = new AttemptSet(request, deadline, grains, shards, health, contact, time, partInquiry, ledger, cancellationToken);
        await using (attempts.ConfigureAwait(false))
        {
            var step = history.BeginFirst();
            while (step.Kind != AttemptStepKind.Finish)
            {
                if (step.Pause > TimeSpan.Zero)
                {
                    await Task.Delay(step.Pause, time, cancellationToken).ConfigureAwait(false);
                }

                if (deadline.HasPassed)
                {
                    return FailureResponses.CreateExpired(allowance);
                }

                if (step.Kind == AttemptStepKind.Start)
                {
                    attempts.StartAttempt(step.Attempt!);
                }

                step = await AwaitNextStepAsync(attempts, history, deadline, cancellationToken).ConfigureAwait(false);
            }

            return step.Result!;
        }
    }

    // Waits until an attempt ends, is overdue or is lost, or until the deadline passes, and says what follows.
    private async Task<AttemptStep<string, RerankResponse>> AwaitNextStepAsync(
        AttemptSet attempts, AttemptHistory history, Deadline deadline, CancellationToken cancellationToken)
    {
        var remaining = deadline.Remaining;
        var patience = FindPatience(attempts, history, remaining);
        await attempts.WaitForAnyAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempts.TryTakeEnded(out var attempt, out var reply))
        {
            return await JudgeReplyAsync(attempt, reply, attempts, history, cancellationToken).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (attempts.AreLost)
        {
            attempts.AbandonAll();
            return history.DecideAfterFault(TransportFaults.NoSilo, areOthersRunning: false);
        }

        if (patience == remaining)
        {
            return AttemptStep<string, RerankResponse>.Finish(FailureResponses.CreateExpired(deadline.Allowance));
        }

        return attempts.IsTrial
            ? await FinishIfUnreachableAsync(attempts, cancellationToken).ConfigureAwait(false)
            : await InquireOverdueAttemptAsync(attempts, history, patience, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan FindPatience(AttemptSet attempts, AttemptHistory history, TimeSpan remaining)
    {
        var patience = history.FindPatience(hints.FindHint(attempts.Model)) is { } found ? _largeSends.ExtendPatience(found) : remaining;
        if (attempts.IsTrial && patience > options.PresenceTimeout)
        {
            // It finds out whether somebody is there again; a caller should not wait its whole deadline for that.
            patience = options.PresenceTimeout;
        }

        return patience < remaining ? patience : remaining;
    }

    private async Task<AttemptStep<string, RerankResponse>> FinishIfUnreachableAsync(AttemptSet attempts, CancellationToken cancellationToken)
        => await _inquiry.IsAnySiloThereAsync(attempts.Newest.Shard, options.PresenceTimeout, cancellationToken).ConfigureAwait(false)
            ? AttemptStep<string, RerankResponse>.Wait
            : AttemptStep<string, RerankResponse>.Finish(FailureResponses.CreateUnreachable());

    private async Task<AttemptStep<string, RerankResponse>> InquireOverdueAttemptAsync(
        AttemptSet attempts, AttemptHistory history, TimeSpan patience, CancellationToken cancellationToken)
    {
        history.AddOverdue();
        var attempt = history.Started;
        var standing = await _inquiry.AskStandingAsync(
            attempts.Newest, _largeSends.ExtendPatience(options.PresenceTimeout), cancellationToken).ConfigureAwait(false);
        if (standing == AttemptStanding.Waiting)
        {
            LogAttemptWaiting(logger, attempt, patience.TotalMilliseconds);
            return history.DecideAfterStanding(standing);
        }

        attempts.AvoidUnansweredShards();
        var step = history.DecideAfterStanding(standing);
        if (step.Kind == AttemptStepKind.Start)
        {
            LogAttemptOverdue(logger, attempt, patience.TotalMilliseconds);
        }
        else
        {
            LogResendRefused(logger, attempt, patience.TotalMilliseconds);
        }

        return step;
    }

    // What an attempt that ended means for its request.
    private async Task<AttemptStep<string, RerankResponse>> JudgeReplyAsync(
        SentAttempt attempt, Task<RerankReply> ended, AttemptSet attempts, AttemptHistory history, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await ended.ConfigureAwait(false);
            contact.NoteAnswer();
            health.NoteAnswer(attempt.Shard, reply.Silo);
            shards.LearnSilo(attempt.Shard, reply.Silo, reply.Silos);
            hints.Update(attempts.Model, reply.Hint);
            return history.DecideAfterResponse(responses.AssembleResponse(reply, attempts.Passages), attempts.AnyRunning);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TransportFaults.FindRetryReason(exception) is not { } fault)
            {
                LogRequestBroken(logger, exception);
                return AttemptStep<string, RerankResponse>.Finish(FailureResponses.CreateBroken());
            }

            health.AvoidShard(attempt.Shard);
            if (attempt.IsTrial && !contact.IsReachable && !attempts.AnyRunning)
            {
                return AttemptStep<string, RerankResponse>.Finish(FailureResponses.CreateUnreachable());
            }

            LogAttemptLost(logger, history.Started, fault, exception.GetType().Name);
            return history.DecideAfterFault(fault, attempts.AnyRunning);
        }
    }

    [LoggerMessage(ClientEventIds.AttemptLost, LogLevel.Information, "Attempt {Attempt} is lost ({Reason}, {ExceptionType}); the request goes to another shard")]
    private static partial void LogAttemptLost(ILogger logger, int attempt, string reason, string exceptionType);

    [LoggerMessage(ClientEventIds.AttemptWaiting, LogLevel.Debug, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms, but its silo is there; it goes on")]
    private static partial void LogAttemptWaiting(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(ClientEventIds.AttemptOverdue, LogLevel.Information, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms; another one starts beside it")]
    private static partial void LogAttemptOverdue(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(ClientEventIds.ResendRefused, LogLevel.Debug, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms, and too much was sent again of late; it goes on")]
    private static partial void LogResendRefused(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(ClientEventIds.RequestBroken, LogLevel.Error, "A request fails in a way that repeating it does not help")]
    private static partial void LogRequestBroken(ILogger logger, Exception exception);
}
