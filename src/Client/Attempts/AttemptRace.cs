using Microsoft.Extensions.Logging;
using Reranker.Budgets;
using Reranker.Client.Connection;
using Reranker.Client.Fleet;
using Reranker.Client.Telemetry;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>
/// The attempts of one request. The first goes to a random shard; one more is started after a lost answer, and beside
/// those that are still running when they should long be done. The first reply wins and the rest is cancelled.
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
    TimeProvider time,
    ILogger<AttemptRace> logger)
{
    private static readonly TimeSpan RetryAfterLoss = TimeSpan.FromSeconds(1);

    private readonly LargeSends _sending = new(time);
    private readonly ResendBudget _resends = new(options.ResendShare, options.ResendTokens, time);

    /// <summary>Runs attempts until one has a reply that repeating cannot improve, the attempts are used up or the deadline passes.</summary>
    /// <param name="request">The request; its remaining time is set anew for every attempt.</param>
    /// <param name="tokens">Estimated tokens of it.</param>
    /// <param name="deadline">Time the request has from now.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<RerankResponseOrReply> RunAsync(
        RerankRequest request, double tokens, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var countdown = new Countdown(deadline, time);
        var history = new AttemptHistory();
        using var sending = _sending.Add(request);
        _resends.Sent(tokens);
        var attempts = new AttemptSet(grains, shards, health, contact, time, cancellationToken);
        await using (attempts.ConfigureAwait(false))
        {
            // Every pass but the first follows a lost answer or an overdue one, and both ask for another attempt.
            while (!countdown.IsOver)
            {
                if (history.Waits && attempts.AnyRunning)
                {
                    history.Waits = false;
                }
                else if (history.Refusal is { } refusal)
                {
                    if (!attempts.AnyRunning)
                    {
                        return new RerankResponseOrReply(refusal, null);
                    }
                }
                else if (attempts.Started < options.MaxAttempts)
                {
                    if (history.NeedsPause && !await PauseAsync(history, countdown, cancellationToken).ConfigureAwait(false))
                    {
                        return Exhausted(history, attempts.Started);
                    }

                    attempts.Start(request, countdown.Remaining, history.Reason);
                }
                else if (!attempts.AnyRunning)
                {
                    return Exhausted(history, attempts.Started);
                }

                if (await AwaitNextAsync(attempts, history, request.Model, tokens, countdown, cancellationToken).ConfigureAwait(false) is { } end)
                {
                    return end;
                }
            }
        }

        return Expired(deadline);
    }

    /// <summary>Waits before an attempt that follows a failure; false when the deadline would pass meanwhile.</summary>
    private async Task<bool> PauseAsync(AttemptHistory history, Countdown countdown, CancellationToken cancellationToken)
    {
        var pause = AttemptTiming.Backoff(history.Failures, shards.NextShare(), options);
        if (pause >= countdown.Remaining)
        {
            return false;
        }

        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Waits until an attempt ends or should long have ended; null asks for another one.</summary>
    private async Task<RerankResponseOrReply?> AwaitNextAsync(
        AttemptSet attempts, AttemptHistory history, string? model, double tokens, Countdown countdown, CancellationToken cancellationToken)
    {
        var remaining = countdown.Remaining;
        if (remaining <= TimeSpan.Zero)
        {
            return Expired(countdown.Deadline);
        }

        var patience = attempts.Started < options.MaxAttempts && history.Refusal is null
            ? _sending.Extend(AttemptTiming.Timeout(hints.Find(model), tokens, history.Overdue, remaining, options))
            : Timeout.InfiniteTimeSpan;
        if (attempts.IsForlorn && (patience == Timeout.InfiniteTimeSpan || patience > options.PresenceTimeout))
        {
            // It finds out whether somebody is there again; a caller should not wait its whole deadline for that.
            patience = options.PresenceTimeout;
        }

        var isLast = patience == Timeout.InfiniteTimeSpan || patience >= remaining;
        if (await attempts.FirstAsync(isLast ? remaining : patience).ConfigureAwait(false) is { } ended)
        {
            return await JudgeAsync(ended, attempts, history, model, cancellationToken).ConfigureAwait(false);
        }

        if (attempts.AreLost)
        {
            attempts.Abandon();
            history.AddFault(TransportFaults.NoSilo);
            return null;
        }

        if (isLast)
        {
            return Expired(countdown.Deadline);
        }

        if (attempts.IsForlorn)
        {
            history.Waits = true;
            return await attempts.IsAnybodyPresentAsync(options.PresenceTimeout).ConfigureAwait(false) ? null : Unreachable();
        }

        history.AddOverdue();
        if (await attempts.IsPresentAsync(_sending.Extend(options.PresenceTimeout)).ConfigureAwait(false))
        {
            // It has much to do. A copy would give it, or another one, more.
            LogAttemptSlow(logger, attempts.Started, patience.TotalMilliseconds);
            history.Waits = true;
            return null;
        }

        foreach (var shard in attempts.Unanswered)
        {
            health.Suspect(shard);
        }

        if (!_resends.TryTake(tokens))
        {
            // So much has no answer that it is not one silo that is lost: copies would add to what holds them all up.
            LogResendRefused(logger, attempts.Started, patience.TotalMilliseconds);
            history.Waits = true;
            return null;
        }

        LogAttemptOverdue(logger, attempts.Started, patience.TotalMilliseconds);
        return null;
    }

    /// <summary>What an attempt that ended means for its request; null when another one may do better.</summary>
    private async Task<RerankResponseOrReply?> JudgeAsync(
        SentAttempt ended, AttemptSet attempts, AttemptHistory history, string? model, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await ended.Reply.ConfigureAwait(false);
            contact.Heard();
            health.Answered(ended.Shard, reply.Silo);
            shards.Learn(ended.Shard, reply.Silo, reply.Silos);
            hints.Update(model, reply.Hint);
            if (reply.Outcome == RerankOutcome.Busy && attempts.AnyRunning)
            {
                history.Refusal = reply;
                return null;
            }

            if (reply.Outcome != RerankOutcome.Unavailable)
            {
                return new RerankResponseOrReply(reply, null);
            }

            // One silo's view: it may be the one that is draining.
            history.AddUnavailable(reply);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (TransportFaults.Classify(exception) is not { } fault)
            {
                LogUnexpectedFailure(logger, exception);
                return new RerankResponseOrReply(null, RerankResponse.Failure(RerankOutcome.Failed, "The request failed in the cluster."));
            }

            health.Suspect(ended.Shard);
            if (ended.IsForlorn && !contact.IsReachable && !attempts.AnyRunning)
            {
                return Unreachable();
            }

            history.AddFault(fault);
            LogAttemptFailed(logger, attempts.Started, fault, exception.GetType().Name);
            return null;
        }
    }

    private static RerankResponseOrReply Expired(TimeSpan deadline) =>
        new(null, RerankResponse.Failure(RerankOutcome.Expired, $"The request did not finish within its deadline of {deadline.TotalMilliseconds:0} ms."));

    private static RerankResponseOrReply Unreachable() =>
        new(null, RerankResponse.Failure(RerankOutcome.Unavailable, "No node of the cluster can be reached at present.", RetryAfterLoss));

    private static RerankResponseOrReply Exhausted(AttemptHistory history, int attempts) =>
        history.Unavailable is { } unavailable
            ? new(unavailable, null)
            : new(null, RerankResponse.Failure(
                RerankOutcome.Unavailable, $"No node of the cluster answered in {attempts} attempts ({history.Fault}).", TimeSpan.FromSeconds(1)));

    [LoggerMessage(EventIds.AttemptFailed, LogLevel.Information, "Attempt {Attempt} was lost ({Reason}, {ExceptionType}); the request goes to another shard.")]
    private static partial void LogAttemptFailed(ILogger logger, int attempt, string reason, string exceptionType);

    [LoggerMessage(EventIds.AttemptSlow, LogLevel.Debug, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms, but its silo is there; it goes on.")]
    private static partial void LogAttemptSlow(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(EventIds.AttemptOverdue, LogLevel.Information, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms; another one starts beside it.")]
    private static partial void LogAttemptOverdue(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(EventIds.ResendRefused, LogLevel.Debug, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms, and too much was sent again of late; it goes on.")]
    private static partial void LogResendRefused(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(EventIds.UnexpectedFailure, LogLevel.Error, "A request failed in a way that repeating it does not help.")]
    private static partial void LogUnexpectedFailure(ILogger logger, Exception exception);
}
