using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
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
/// It ends in one full reply or one error in the dialect's own shape; a client that went away gets neither.
/// </summary>
internal sealed partial class RerankPipeline(
    IReranker reranker,
    FleetMonitor fleet,
    ApiKeyAuthenticator keys,
    BodyReader bodies,
    AdmissionController admission,
    TokenEstimator estimator,
    ModelCapacities capacities,
    ModelNames models,
    IOptions<GatewayOptions> options,
    TimeProvider time,
    ILogger<RerankPipeline> logger) : IDisposable
{
    private readonly ConcurrencyLimiter _concurrency = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.MaxConcurrentRequests,
        QueueLimit = 0,
    });

    public void Dispose() => _concurrency.Dispose();

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
                await ResponseWriter.WriteErrorAsync(context.Response, exchange.Dialect, error, context.RequestAborted);
                LogRefusal(exchange, error);
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

        using var permit = _concurrency.AttemptAcquire();
        if (!permit.IsAcquired)
        {
            return new GatewayError(GatewayErrorKind.Busy, "Too many requests are in progress.", RetryAfter: TimeSpan.FromSeconds(1));
        }

        RerankCall call;
        TimeSpan deadline;
        try
        {
            deadline = RequestHeaders.DeadlineOf(context.Request, options.Value);
            using var body = await bodies.ReadAsync(context.Request, context.RequestAborted);
            var fields = JsonFields.Parse(body.Buffer.Written);
            exchange.Dialect = dialects.Select(fields);
            call = ChunkWishes.Settle(exchange.Dialect.Parse(fields, options.Value), context.Request, options.Value);
        }
        catch (RequestFormatException exception)
        {
            return exception.Error;
        }

        return await ScoreAsync(exchange, call, tenant, deadline);
    }

    private async Task<GatewayError?> ScoreAsync(Exchange exchange, RerankCall call, string tenant, TimeSpan deadline)
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
            return refusal;
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

            return ModelNames.Explain(GatewayError.Of(response), known);
        }

        var result = response.Result;
        lease.Settle(result.Usage.Tokens);
        estimator.Observe(call, tenant, model, result.Usage);
        exchange.Tokens = result.Usage.Tokens;
        exchange.Truncated = result.Usage.TruncatedPassages;
        exchange.Outcome = nameof(RerankOutcome.Ok);
        var reply = new RankedReply(exchange.Id, result.Rank(call.Top), result, time.GetElapsedTime(exchange.Started));
        await ResponseWriter.WriteReplyAsync(context.Response, exchange.Dialect, call, reply, context.RequestAborted);
        return null;
    }

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
        exchange.Outcome = "Aborted";
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
