using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Logging;
using Reranker.Gateway.Reranking;
using Reranker.Gateway.Telemetry;
using Reranker.Requests;

namespace Reranker.Gateway.Rpc;

/// <summary>
/// Answers one request for scores that came by gRPC, in the same way for every service, as HTTP's handler does for every dialect, and with
/// the same report. It ends in a whole reply or in one error.
/// </summary>
internal sealed partial class RpcScorer(
    CallAnswerer answerer, RefusalPace pace, IOptions<GatewayOptions> options, TimeProvider time, ILogger<RpcScorer> logger)
{
    /// <summary>Answers the only request of a call.</summary>
    /// <exception cref="RpcException">There are no scores.</exception>
    public Task<TReply> AnswerAsync<TReply>(ServerCallContext context, Func<RerankCall> read, Func<RerankCall, RankedReply, TReply> compose)
        where TReply : class => AnswerAsync(context, timeoutMilliseconds: 0, read, compose);

    /// <summary>Answers the only request of a call, which may ask for a time of its own.</summary>
    /// <exception cref="RpcException">There are no scores.</exception>
    public async Task<TReply> AnswerAsync<TReply>(
        ServerCallContext context, uint timeoutMilliseconds, Func<RerankCall> read, Func<RerankCall, RankedReply, TReply> compose)
        where TReply : class
    {
        var call = RpcCall.Find(context);
        var message = call.TakeMessage();

        // The reply is sent when the method has returned.
        context.GetHttpContext().Response.RegisterForDispose(message);
        return await AnswerWholeAsync(context, new RpcRequest(call, message, call.Started, timeoutMilliseconds), read, compose);
    }

    /// <summary>Answers all that a call sent as one request.</summary>
    /// <exception cref="RpcException">There are no scores.</exception>
    public async Task<TReply> AnswerWholeAsync<TReply>(
        ServerCallContext context, RpcRequest request, Func<RerankCall> read, Func<RerankCall, RankedReply, TReply> compose)
        where TReply : class
    {
        var (reply, error) = await TryAnswerAsync(context, request, read, compose);
        return reply ?? throw RpcStatus.CreateException(request.Call.Contract, error!);
    }

    /// <summary>Answers one request of several.</summary>
    public async Task<ValueOrError<TReply>> TryAnswerAsync<TReply>(
        ServerCallContext context, RpcRequest request, Func<RerankCall> read, Func<RerankCall, RankedReply, TReply> compose)
        where TReply : class
    {
        var summary = new RequestSummary(request.Call.Contract.Name, StatusCodes.Status200OK, nameof(RerankOutcome.Ok), 0, 0, 0);
        GatewayTelemetry.Active.Add(1);
        try
        {
            var (reply, error) = await answerer.AnswerAsync(
                new CallTicket(request.Call.Id, request.Call.Tenant, request.Message.Memory, request.Message.Bytes, request.Started) { TellPart = request.TellPart },
                read,
                () => FindRemaining(request),
                (call, ranking) =>
                {
                    summary = AddScores(summary, call, ranking);
                    return compose(call, ranking);
                },
                context.CancellationToken);
            if (error is not null)
            {
                await pace.DelayRefusalAsync(error, request.Call.Tenant, request.Call.Deadline ?? options.Value.DefaultDeadline, context.CancellationToken);
                summary = LogRefusal(request, summary, error);
            }

            return new ValueOrError<TReply>(reply, error);
        }
        catch (OperationCanceledException) when (context.GetHttpContext().RequestAborted.IsCancellationRequested)
        {
            summary = summary with { Status = StatusCodes.Status499ClientClosedRequest, Outcome = RequestReport.Aborted };
            throw;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // gRPC's own clock for the deadline of the call.
            var error = new GatewayError(GatewayErrorKind.Expired, "The deadline passed.");
            summary = LogRefusal(request, summary, error);
            return error;
        }
        catch (Exception exception)
        {
            var id = request.Call.Id;
            LogRequestDefect(logger, id, exception);
            var error = new GatewayError(GatewayErrorKind.Internal, "The gateway failed.");
            summary = LogRefusal(request, summary, error);
            return error;
        }
        finally
        {
            GatewayTelemetry.Active.Add(-1);
            RequestReport.Record(summary, time.GetElapsedTime(request.Started));
        }
    }

    private static RequestSummary AddScores(RequestSummary summary, RerankCall call, RankedReply ranking) => summary with
    {
        Passages = call.Passages.Length,
        Tokens = ranking.Result.Usage.Tokens,
        Truncated = ranking.Result.Usage.TruncatedPassages,
    };

    /// <summary>The time that is left: the request's own, within that of its call and of the gateway.</summary>
    private TimeSpan FindRemaining(RpcRequest request)
    {
        var gateway = options.Value;
        var limit = request.TimeoutMilliseconds > 0 ? TimeSpan.FromMilliseconds(request.TimeoutMilliseconds)
            : request.Call.Deadline is null ? gateway.DefaultDeadline
            : gateway.MaxDeadline;
        var own = Min(limit, gateway.MaxDeadline) - time.GetElapsedTime(request.Started);
        return request.Call.Deadline is { } deadline ? Min(own, deadline - time.GetElapsedTime(request.Call.Started)) : own;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private RequestSummary LogRefusal(RpcRequest request, RequestSummary summary, GatewayError error)
    {
        // The message goes to the caller only: it may name fields of the request.
        var status = ErrorStatus.FromKind(error.Kind);
        var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Warning : LogLevel.Information;
        var code = request.Call.Contract.FindCode(error.Kind);
        var milliseconds = time.GetElapsedTime(request.Started).TotalMilliseconds;
        var (id, contract) = (request.Call.Id, summary.Dialect);
        LogRequestRefused(logger, level, id, contract, error.Kind, code, milliseconds);
        return summary with { Status = status, Outcome = error.Kind.ToString() };
    }

    [LoggerMessage(EventId = GatewayEventIds.RpcRefused, Message = "Request {RequestId} ({Contract}) got no scores: {Kind}, status {Code}, after {Milliseconds:F1} ms")]
    private static partial void LogRequestRefused(
        ILogger logger, LogLevel level, string requestId, string contract, GatewayErrorKind kind, StatusCode code, double milliseconds);

    [LoggerMessage(GatewayEventIds.RpcDefect, LogLevel.Error, "Request {RequestId} over gRPC failed in the gateway")]
    private static partial void LogRequestDefect(ILogger logger, string requestId, Exception exception);
}
