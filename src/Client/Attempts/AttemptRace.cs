using System.Diagnostics;
using Microsoft.Extensions.Logging;
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
    FleetHintCell hints,
    TimeProvider time,
    ILogger<AttemptRace> logger)
{
    private const string First = "first";
    private const string Overdue = "overdue";

    /// <summary>Runs attempts until one has a reply that repeating cannot improve, the attempts are used up or the deadline passes.</summary>
    /// <param name="request">The request; its remaining time is set anew for every attempt.</param>
    /// <param name="tokens">Estimated tokens of it.</param>
    /// <param name="deadline">Time the request has from now.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<RerankResponseOrReply> RunAsync(
        RerankRequest request, double tokens, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<RerankReply>>(1);
        RerankReply? unavailable = null;
        string? lastFault = null;
        int? shard = null;
        var (attempts, failures, overdue) = (0, 0, 0);
        var reason = First;

        try
        {
            while (true)
            {
                var remaining = deadline - time.GetElapsedTime(started);
                if (remaining < TimeSpan.FromMilliseconds(1))
                {
                    return Expired(deadline);
                }

                // Every pass but the first follows a lost answer or an overdue one, and both ask for another attempt.
                var startNow = attempts < options.MaxAttempts;
                if (startNow && reason is not (First or Overdue))
                {
                    var pause = AttemptTiming.Backoff(failures, shards.NextShare(), options);
                    if (pause >= remaining)
                    {
                        return Exhausted(unavailable, lastFault, attempts);
                    }

                    await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                    remaining = deadline - time.GetElapsedTime(started);
                }

                if (startNow)
                {
                    shard = shards.Next(shard);
                    attempts++;
                    ClientTelemetry.Attempts.Add(1, new KeyValuePair<string, object?>("reason", reason));
                    running.Add(StartAsync(shard.Value, request, remaining, end.Token));
                }
                else if (running.Count == 0)
                {
                    return Exhausted(unavailable, lastFault, attempts);
                }

                var patience = attempts < options.MaxAttempts
                    ? AttemptTiming.Timeout(hints.Current, tokens, overdue, options)
                    : Timeout.InfiniteTimeSpan;
                var untilDeadline = patience == Timeout.InfiniteTimeSpan || patience >= remaining;
                var finished = await FirstAsync(running, untilDeadline ? remaining : patience, cancellationToken).ConfigureAwait(false);
                if (finished is null)
                {
                    if (untilDeadline)
                    {
                        return Expired(deadline);
                    }

                    overdue++;
                    reason = Overdue;
                    LogAttemptOverdue(logger, attempts, patience.TotalMilliseconds);
                    continue;
                }

                running.Remove(finished);
                try
                {
                    var reply = await finished.ConfigureAwait(false);
                    hints.Update(reply.Hint);
                    if (reply.Outcome != RerankOutcome.Unavailable)
                    {
                        return new RerankResponseOrReply(reply, null);
                    }

                    // One silo's view: it may be the one that is draining.
                    unavailable = reply;
                    reason = "unavailable";
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    if (TransportFaults.Classify(exception) is not { } fault)
                    {
                        LogUnexpectedFailure(logger, exception);
                        return new RerankResponseOrReply(null, RerankResponse.Failure(RerankOutcome.Failed, "The request failed in the cluster."));
                    }

                    lastFault = reason = fault;
                    LogAttemptFailed(logger, attempts, fault, exception.GetType().Name);
                }

                failures++;
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            foreach (var loser in running)
            {
                Forget(loser);
            }

            Activity.Current?.SetTag("reranker.attempts", attempts);
        }
    }

    private Task<RerankReply> StartAsync(int shard, RerankRequest request, TimeSpan remaining, CancellationToken cancellationToken)
    {
        var sent = request with { RemainingMilliseconds = Math.Max(1, (int)remaining.TotalMilliseconds) };
        try
        {
            return grains.GetGrain<IRerankGrain>(shard).RerankAsync(sent, cancellationToken);
        }
        catch (Exception exception)
        {
            // A client that lost all gateways throws before it sends.
            return Task.FromException<RerankReply>(exception);
        }
    }

    /// <summary>The first attempt to finish, or null after <paramref name="patience"/>.</summary>
    private async Task<Task<RerankReply>?> FirstAsync(List<Task<RerankReply>> running, TimeSpan patience, CancellationToken cancellationToken)
    {
        var any = Task.WhenAny(running);
        try
        {
            return await any.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static RerankResponseOrReply Expired(TimeSpan deadline) =>
        new(null, RerankResponse.Failure(RerankOutcome.Expired, $"The request did not finish within its deadline of {deadline.TotalMilliseconds:0} ms."));

    private static RerankResponseOrReply Exhausted(RerankReply? unavailable, string? fault, int attempts) =>
        unavailable is not null
            ? new(unavailable, null)
            : new(null, RerankResponse.Failure(
                RerankOutcome.Unavailable, $"No node of the cluster answered in {attempts} attempts ({fault}).", TimeSpan.FromSeconds(1)));

    /// <summary>Observes what a cancelled attempt throws.</summary>
    private static void Forget(Task task) =>
        _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    [LoggerMessage(EventIds.AttemptFailed, LogLevel.Information, "Attempt {Attempt} was lost ({Reason}, {ExceptionType}); the request goes to another shard.")]
    private static partial void LogAttemptFailed(ILogger logger, int attempt, string reason, string exceptionType);

    [LoggerMessage(EventIds.AttemptOverdue, LogLevel.Information, "Attempt {Attempt} has no answer after {Milliseconds:F0} ms; another one starts beside it.")]
    private static partial void LogAttemptOverdue(ILogger logger, int attempt, double milliseconds);

    [LoggerMessage(EventIds.UnexpectedFailure, LogLevel.Error, "A request failed in a way that repeating it does not help.")]
    private static partial void LogUnexpectedFailure(ILogger logger, Exception exception);
}
