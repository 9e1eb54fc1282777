using System.Diagnostics;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Logging;
using Reranker.Gateway.Reranking;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Bulk;

/// <summary>
/// Answers a body of many requests, one a line, with one line each as they end. It reads on only while it has few lines in progress, so
/// that the caller is held back instead of the body being kept.
/// </summary>
internal sealed partial class BulkHandler(
    ApiKeyAuthenticator keys,
    ByteBudget budget,
    BodyDiscarder discarder,
    ReplySender replies,
    BulkLineScorer scorer,
    IHostApplicationLifetime lifetime,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<BulkHandler> logger)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);

    /// <summary>Answers one call.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var id = RequestHeaders.ReadId(context.Request);
        context.Response.Headers[RequestHeaders.RequestId] = id;
        var tenant = keys.FindOwner(context.Request)?.Tenant;
        GatewayTelemetry.Active.Add(1);
        try
        {
            if (FindRefusal(context.Request, tenant, out var deadline) is { } refusal)
            {
                await ResponseWriter.WriteErrorAsync(context.Response, CohereErrors.Instance, refusal, context.RequestAborted);
                await discarder.DiscardBodyAsync(context.Request, tenant);
                return;
            }

            await AnswerLinesAsync(new BulkCall(context, id, tenant!, deadline));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away, or did not fetch its results. It sends what is missing when it comes again.
        }
        finally
        {
            GatewayTelemetry.Active.Add(-1);
        }
    }

    private GatewayError? FindRefusal(HttpRequest request, string? tenant, out TimeSpan deadline)
    {
        deadline = options.Value.MaxDeadline;
        if (tenant is null)
        {
            return GatewayError.CreateUnauthorized();
        }

        try
        {
            if (request.Headers.ContainsKey(RequestHeaders.TimeoutMilliseconds))
            {
                deadline = RequestHeaders.ReadDeadline(request, options.Value);
            }

            PriorityResolver.CheckHeader(request);
            ChunkingResolver.CheckHeaders(request);
            return ContentDecoding.FindUnknownEncoding(request);
        }
        catch (RequestFormatException exception)
        {
            return exception.Error;
        }
    }

    private async Task AnswerLinesAsync(BulkCall call)
    {
        var context = call.Context;
        // A body comes as fast as it is scored, and its results are read when all of it was sent: pauses are the line reader's and the
        // reply's to notice.
        ConnectionLimits.RemoveRates(context.Features);
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers["X-Accel-Buffering"] = "no";

        // At once: a caller may wait for the headers before it sends its first line.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        using var reply = new BulkReply(context.RequestAborted);
        var sending = reply.SendToCallerAsync(context, replies);
        var reader = new BulkLineReader(context.Request, call.Tenant, budget, options.Value, time, lifetime.ApplicationStopping);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var progress = ReportProgressAsync(reply, reader, ended.Token);
        try
        {
            var fault = await ScoreAllLinesAsync(call, reader, reply);
            await ended.CancelAsync();
            await progress.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reply.SendSummaryAsync(reader.Lines, fault);
        }
        finally
        {
            await ended.CancelAsync();
            await progress.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            reply.Complete();
            await sending;
        }
    }

    /// <summary>Scores lines until the body ends, or says why it stopped before.</summary>
    private async Task<string?> ScoreAllLinesAsync(BulkCall call, BulkLineReader reader, BulkReply reply)
    {
        var max = options.Value.BulkLinesInProgress;
        using var places = new SemaphoreSlim(max, max);
        var aborted = call.Context.RequestAborted;
        string? fault = null;
        try
        {
            while (true)
            {
                await places.WaitAsync(aborted);
                if (await ReadLineOrReleaseAsync(reader, places, aborted) is not { } line)
                {
                    break;
                }

                _ = ScoreLineAsync(call, line, reply, places);
            }
        }
        catch (RequestFormatException exception)
        {
            fault = exception.Message;
        }

        for (var ended = 0; ended < max; ended++)
        {
            await places.WaitAsync(CancellationToken.None);
        }

        aborted.ThrowIfCancellationRequested();
        return fault;
    }

    private static async Task<BulkLine?> ReadLineOrReleaseAsync(BulkLineReader reader, SemaphoreSlim places, CancellationToken aborted)
    {
        BulkLine? line = null;
        try
        {
            return line = await reader.ReadLineAsync(aborted);
        }
        finally
        {
            if (line is null)
            {
                places.Release();
            }
        }
    }

    private async Task ScoreLineAsync(BulkCall call, BulkLine line, BulkReply reply, SemaphoreSlim places)
    {
        var (outcome, status) = (RequestReport.Aborted, StatusCodes.Status499ClientClosedRequest);
        try
        {
            using (line)
            {
                (outcome, status) = await AnswerLineAsync(call, line, reply);
            }
        }
        catch (Exception) when (call.Context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // It waited for its next try. Without a result it is the caller's to send again.
        }
        catch (Exception exception)
        {
            // A line without its result must not look like one that was never sent: the whole reply ends here.
            LogBulkDefect(logger, call.Id, line.Number, exception);
            call.Context.Abort();
        }
        finally
        {
            RecordLine(outcome, status);
            places.Release();
        }
    }

    private async Task<(string Outcome, int Status)> AnswerLineAsync(BulkCall call, BulkLine line, BulkReply reply)
    {
        var started = time.GetTimestamp();
        string? id = null;
        GatewayError? error;
        try
        {
            var request = scorer.ReadCall(line, call.Context.Request, out id);
            line.Body.Dispose();
            var routeKey = $"{call.Id}-{line.Number}";
            (var result, error) = await scorer.ScoreAsync(request, call.Tenant, routeKey, call.Deadline, call.Context.RequestAborted);
            if (result is not null)
            {
                var ranked = new RankedReply(routeKey, result.Rank(request.Top), result, time.GetElapsedTime(started), time.GetUtcNow());
                await reply.SendScoresAsync(line.Number, id, BulkLineScorer.Dialect, request, ranked);
                return (nameof(RerankOutcome.Ok), StatusCodes.Status200OK);
            }
        }
        catch (RequestFormatException exception)
        {
            error = exception.Error;
        }

        await reply.SendErrorAsync(line.Number, id, CohereErrors.Instance, error!);
        return (error!.Kind.ToString(), CohereErrors.Instance.FindStatus(error.Kind));
    }

    private static void RecordLine(string outcome, int status) => GatewayTelemetry.Requests.Add(
        1, new TagList { { "dialect", BulkLineScorer.Dialect.Name }, { "status", status }, { "outcome", outcome } });

    private async Task ReportProgressAsync(BulkReply reply, BulkLineReader reader, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(ProgressInterval, time);
        while (await timer.WaitForNextTickAsync(ended))
        {
            await reply.SendProgressAsync(reader.Lines);
        }
    }

    private sealed record BulkCall(HttpContext Context, string Id, string Tenant, TimeSpan Deadline);

    [LoggerMessage(GatewayEventIds.BulkDefect, LogLevel.Error, "Line {Line} of the bulk request {RequestId} failed in the gateway")]
    private static partial void LogBulkDefect(ILogger logger, string requestId, long line, Exception exception);
}
