using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;
using Reranker.Gateway.Logging;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Reranking;

/// <summary>
/// Answers a scoring request, in the same way for every path and dialect: authenticate, read, parse, score, rank, reply. It ends in
/// one full reply or one error in the dialect's own shape; a client that went away gets neither. What it holds in memory is counted
/// from its first byte to its last; a permit is held only between the body and the reply.
/// </summary>
internal sealed partial class RerankRequestHandler(
    ApiKeyAuthenticator keys,
    BodyReader bodies,
    BodyDiscarder discarder,
    CallAnswerer answerer,
    ReplySender replies,
    RefusalPace pace,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<RerankRequestHandler> logger)
{
    /// <summary>Answers one request of a path that speaks these dialects.</summary>
    public async Task HandleAsync(HttpContext context, DialectSet dialects)
    {
        var exchange = new Exchange(context, RequestHeaders.ReadId(context.Request), time.GetTimestamp(), dialects);
        context.Response.Headers[RequestHeaders.RequestId] = exchange.Id;
        GatewayTelemetry.Active.Add(1);
        try
        {
            var error = await TryAnswerAsync(exchange);
            if (error is not null)
            {
                exchange.Outcome = error.Kind.ToString();
                await pace.DelayRefusalAsync(error, exchange.Tenant, exchange.Deadline, context.RequestAborted);
                await ResponseWriter.WriteErrorAsync(context.Response, exchange.Errors, error, context.RequestAborted);
                LogRefusal(exchange, error);
                await discarder.DiscardBodyAsync(context.Request, exchange.Tenant);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away: the work was cancelled, or the connection broke while it was read or written.
            MarkAborted(exchange);
        }
        catch (Exception exception)
        {
            exchange.Outcome = nameof(GatewayErrorKind.Internal);
            LogRequestDefect(logger, exchange.Id, exception);
            await AnswerInternalErrorAsync(exchange);
        }
        finally
        {
            GatewayTelemetry.Active.Add(-1);
            var elapsed = time.GetElapsedTime(exchange.Started);
            RequestReport.Record(exchange, elapsed);
            if (options.Value.TeiMetrics)
            {
                TeiReport.Record(exchange, elapsed);
            }
        }
    }

    private async Task<GatewayError?> TryAnswerAsync(Exchange exchange)
    {
        var context = exchange.Context;
        if (keys.FindOwner(context.Request) is not { Tenant: var tenant } owner)
        {
            return GatewayError.CreateUnauthorized();
        }

        try
        {
            (exchange.Tenant, exchange.Priority) = (tenant, owner.Priority);
            exchange.Deadline = RequestHeaders.ReadDeadline(context.Request, options.Value);
            using var memory = bodies.Budget.OpenLease(tenant);
            var (answer, error) = await CreateReplyAsync(exchange, tenant, memory);
            using var reply = answer;
            memory.SetHeldWithoutLimit(reply?.Capacity ?? 0);
            if (reply is not null)
            {
                await replies.SendAsync(context, reply);
            }

            return error;
        }
        catch (RequestFormatException exception)
        {
            return exception.Error;
        }
    }

    /// <summary>From the body to the whole reply. The texts are gone when it returns, and what it returns is all that is still held.</summary>
    private async Task<ValueOrError<PooledBuffer>> CreateReplyAsync(Exchange exchange, string tenant, BudgetLease memory)
    {
        var (request, aborted) = (exchange.Context.Request, exchange.Context.RequestAborted);
        var textLength = exchange.Dialects.AllowsAttached ? AttachedBytes.FindTextLength(request) : null;
        var body = await bodies.ReadBodyAsync(request, memory, FindRemaining(exchange), textLength ?? long.MaxValue, aborted);
        using (body)
        {
            return await answerer.AnswerAsync(
                new CallTicket(exchange.Id, tenant, memory, body.Length, exchange.Started),
                () =>
                {
                    // Its texts are all that is held while they are scored.
                    using (body)
                    {
                        return ReadCall(exchange, body, textLength);
                    }
                },
                () => FindRemaining(exchange),
                (call, reply) => ComposeReply(exchange, call, reply),
                aborted);
        }
    }

    private static PooledBuffer ComposeReply(Exchange exchange, RerankCall call, RankedReply reply)
    {
        exchange.Result = reply.Result;
        exchange.Tokens = reply.Result.Usage.Tokens;
        exchange.Truncated = reply.Result.Usage.TruncatedPassages;
        exchange.Outcome = nameof(RerankOutcome.Ok);
        return ReplyComposer.ComposeReply(exchange.Context.Response, exchange.Dialect!, call, reply);
    }

    private TimeSpan FindRemaining(Exchange exchange) => exchange.Deadline - time.GetElapsedTime(exchange.Started);

    private RerankCall ReadCall(Exchange exchange, PooledBuffer body, long? textLength)
    {
        var fields = AttachedBytes.ParseFields(body.Written, textLength);
        var dialect = exchange.Dialects.FindDialect(fields);
        exchange.Dialect = dialect;
        var call = ChunkingResolver.ResolveChunking(dialect.ReadCall(fields, options.Value), exchange.Context.Request, options.Value);
        call = PriorityResolver.ResolvePriority(call, fields, exchange.Context.Request, exchange.Priority);
        exchange.Passages = call.Passages.Length;
        return exchange.Dialects.PathNamesModel ? PathModel.ApplyModel(call, exchange.Context.Request) : call;
    }

    private static async Task AnswerInternalErrorAsync(Exchange exchange)
    {
        if (exchange.Context.Response.HasStarted)
        {
            // The reply's length was sent already: only breaking off tells the client that this is not the whole reply.
            exchange.Context.Abort();
            return;
        }

        exchange.Context.Response.Headers.ContentLength = null;
        await ResponseWriter.WriteErrorAsync(
            exchange.Context.Response,
            exchange.Errors,
            new GatewayError(GatewayErrorKind.Internal, "The gateway failed."),
            exchange.Context.RequestAborted);
    }

    private static void MarkAborted(Exchange exchange)
    {
        exchange.Outcome = RequestReport.Aborted;
        if (!exchange.Context.Response.HasStarted)
        {
            exchange.Context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    private void LogRefusal(Exchange exchange, GatewayError error)
    {
        // The message goes to the caller only: it may name fields of the body.
        var status = exchange.Context.Response.StatusCode;
        var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Warning : LogLevel.Information;
        var milliseconds = time.GetElapsedTime(exchange.Started).TotalMilliseconds;
        var (id, dialect) = (exchange.Id, exchange.DialectName);
        LogRequestRefused(logger, level, id, dialect, error.Kind, status, milliseconds);
    }

    [LoggerMessage(EventId = GatewayEventIds.RequestRefused, Message = "Request {RequestId} ({Dialect}) got no scores: {Kind}, status {Status}, after {Milliseconds:F1} ms")]
    private static partial void LogRequestRefused(
        ILogger logger, LogLevel level, string requestId, string dialect, GatewayErrorKind kind, int status, double milliseconds);

    [LoggerMessage(GatewayEventIds.RequestDefect, LogLevel.Error, "Request {RequestId} failed in the gateway")]
    private static partial void LogRequestDefect(ILogger logger, string requestId, Exception exception);
}
