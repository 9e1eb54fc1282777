using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Health;
using Reranker.Gateway.Json;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Http;

/// <summary>
/// The way of a scoring request, the same for every path and dialect: authenticate, read, parse, admit, score, rank, reply.
/// It ends in one full reply or one error in the dialect's own shape; a client that went away gets neither. What it holds in
/// memory is counted from its first byte to its last; a permit and the tenant's tokens are held only between the body and the reply.
/// </summary>
internal sealed partial class RerankPipeline(
    IReranker reranker,
    FleetMonitor fleet,
    ApiKeyAuthenticator keys,
    BodyReader bodies,
    ReplySender replies,
    RequestPermits permits,
    AdmissionController admission,
    RefusalPace pace,
    TokenEstimator estimator,
    ModelCapacities capacities,
    ModelNames models,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<RerankPipeline> logger)
{
    /// <summary>Answers one request of a path that speaks these dialects.</summary>
    public async Task HandleAsync(HttpContext context, DialectSet dialects)
    {
        var exchange = new Exchange(context, RequestHeaders.IdOf(context.Request), time.GetTimestamp(), dialects.Undetermined);
        context.Response.Headers[RequestHeaders.RequestId] = exchange.Id;
        GatewayTelemetry.Active.Add(1);
        try
        {
            var error = await TryAnswerAsync(exchange, dialects);
            if (error is not null)
            {
                exchange.Outcome = error.Kind.ToString();
                await HoldBackAsync(exchange, error);
                await ResponseWriter.WriteErrorAsync(context.Response, exchange.Dialect, error, context.RequestAborted);
                LogRefusal(exchange, error);
                await bodies.DiscardAsync(context.Request, exchange.Tenant);
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
            await AnswerDefectAsync(exchange);
        }
        finally
        {
            GatewayTelemetry.Active.Add(-1);
            RequestReport.Record(exchange, time.GetElapsedTime(exchange.Started));
        }
    }

    private async Task<GatewayError?> TryAnswerAsync(Exchange exchange, DialectSet dialects)
    {
        var context = exchange.Context;
        if (!keys.TryAuthenticate(context.Request, out var tenant))
        {
            return new GatewayError(GatewayErrorKind.Unauthorized, "no api key supplied, or an invalid one");
        }

        try
        {
            exchange.Tenant = tenant;
            var deadline = RequestHeaders.DeadlineOf(context.Request, options.Value);
            exchange.Deadline = deadline;
            using var memory = bodies.Budget.Open(tenant);
            var (answer, error) = await AnswerBodyAsync(exchange, dialects, tenant, deadline, memory);
            using var reply = answer;
            memory.Correct(reply?.Capacity ?? 0);
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
    private async Task<ReplyOrError> AnswerBodyAsync(
        Exchange exchange, DialectSet dialects, string tenant, TimeSpan deadline, BudgetLease memory)
    {
        var request = exchange.Context.Request;
        var body = await bodies.ReadAsync(request, memory, deadline - time.GetElapsedTime(exchange.Started), exchange.Context.RequestAborted);
        using var permit = permits.TryTake(tenant);
        RerankCall call;
        using (body)
        {
            if (permit is null)
            {
                return new GatewayError(GatewayErrorKind.Busy, "Too many requests are in progress.", RetryAfter: TimeSpan.FromSeconds(1));
            }

            call = Parse(exchange, dialects, body);
            Count(memory, call, body.Length);
        }

        return await ScoreAsync(exchange, call, tenant, deadline);
    }

    private RerankCall Parse(Exchange exchange, DialectSet dialects, PooledBuffer body)
    {
        var fields = JsonFields.Parse(body.Written);
        exchange.Dialect = dialects.Select(fields);
        return ChunkWishes.Settle(exchange.Dialect.Parse(fields, options.Value), exchange.Context.Request, options.Value);
    }

    /// <summary>
    /// From here on the texts are held and no more the body. In its place comes the message to a silo, which is about as long, and
    /// after it the reply where that repeats the texts.
    /// </summary>
    private static void Count(BudgetLease memory, RerankCall call, long bodyLength)
    {
        var texts = ByteBudget.TextBytes(call.PassageCharacters + call.Query.Length, call.Passages.Length);
        if (!memory.TryResize(texts + (bodyLength * ByteBudget.BytesPerBodyByteInMessages)))
        {
            throw new RequestFormatException(GatewayError.NoMemory());
        }
    }

    private async Task<ReplyOrError> ScoreAsync(Exchange exchange, RerankCall call, string tenant, TimeSpan deadline)
    {
        var context = exchange.Context;
        exchange.Passages = call.Passages.Length;
        var remaining = deadline - time.GetElapsedTime(exchange.Started);
        if (remaining <= TimeSpan.Zero)
        {
            return new GatewayError(GatewayErrorKind.Expired, "The deadline passed before the request was read.");
        }

        var known = fleet.Current;
        var name = models.Resolve(call.Model, known);
        var model = capacities.Find(name, known);
        using var lease = admission.TryAdmit(tenant, model, estimator.Estimate(call, tenant, model), remaining, out var refusal);
        if (lease is null)
        {
            return refusal!;
        }

        var response = await reranker.TryRerankAsync(
            call.Query,
            call.Passages,
            new RerankOptions
            {
                Model = name,
                Deadline = remaining,
                Truncation = call.Truncation,
                RouteKey = exchange.Id,
                Tenant = tenant,
            },
            context.RequestAborted);
        if (!response.IsOk)
        {
            if (response.Outcome != RerankOutcome.Expired)
            {
                // Refused or failed, it costs nothing. What a deadline or a caller who left cut off was work all the same.
                lease.Settle(0);
            }

            if (response.Outcome == RerankOutcome.Busy)
            {
                lease.Refuse(remaining, response.RetryAfter);
            }

            return ModelNames.Explain(GatewayError.Of(response), known);
        }

        var result = response.Result;
        lease.Settle(result.Usage.Tokens);
        estimator.Observe(call, tenant, model, result.Usage);
        exchange.Tokens = result.Usage.Tokens;
        exchange.Truncated = result.Usage.TruncatedPassages;
        exchange.Outcome = nameof(RerankOutcome.Ok);
        var reply = new RankedReply(exchange.Id, result.Rank(call.Top), result, time.GetElapsedTime(exchange.Started));
        return ResponseWriter.Prepare(context.Response, exchange.Dialect, call, reply);
    }

    private Task HoldBackAsync(Exchange exchange, GatewayError error) =>
        error.Kind is GatewayErrorKind.Busy or GatewayErrorKind.Quota && exchange.Tenant is { } tenant
            ? pace.WaitAsync(tenant, exchange.Deadline, exchange.Context.RequestAborted)
            : Task.CompletedTask;

    private static async Task AnswerDefectAsync(Exchange exchange)
    {
        if (exchange.Context.Response.HasStarted)
        {
            // The length is announced already: breaking off is the only way to say that this is no reply.
            exchange.Context.Abort();
            return;
        }

        exchange.Context.Response.Headers.ContentLength = null;
        await ResponseWriter.WriteErrorAsync(
            exchange.Context.Response,
            exchange.Dialect,
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
        var (id, dialect) = (exchange.Id, exchange.Dialect.Name);
        LogRequestRefused(logger, level, id, dialect, error.Kind, status, milliseconds);
    }

    [LoggerMessage(EventId = EventIds.RequestRefused, Message = "Request {RequestId} ({Dialect}) got no scores: {Kind}, status {Status}, after {Milliseconds:F1} ms.")]
    private static partial void LogRequestRefused(
        ILogger logger, LogLevel level, string requestId, string dialect, GatewayErrorKind kind, int status, double milliseconds);

    [LoggerMessage(EventIds.RequestDefect, LogLevel.Error, "Request {RequestId} failed in the gateway.")]
    private static partial void LogRequestDefect(ILogger logger, string requestId, Exception exception);
}
