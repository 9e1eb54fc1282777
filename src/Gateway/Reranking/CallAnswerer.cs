using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Reranking;

/// <summary>
/// The way of every request from its message to its reply, over HTTP and over gRPC: a permit, which is held until the reply is made, the
/// call, memory for its texts, time that is left, admission and scores, the reply. What refuses comes in this order everywhere.
/// </summary>
internal sealed class CallAnswerer(RequestPermits permits, CallScorer scorer, TimeProvider time)
{
    /// <summary>Answers a request.</summary>
    /// <param name="ticket">The request.</param>
    /// <param name="read">Reads the call out of the message, and lets the message go.</param>
    /// <param name="findRemaining">The time that is left.</param>
    /// <param name="compose">Makes the reply.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    public async Task<ValueOrError<TReply>> AnswerAsync<TReply>(
        CallTicket ticket,
        Func<RerankCall> read,
        Func<TimeSpan> findRemaining,
        Func<RerankCall, RankedReply, TReply> compose,
        CancellationToken cancellationToken)
        where TReply : class
    {
        using var permit = permits.TryTake(ticket.Tenant);
        if (permit is null)
        {
            return GatewayError.CreateNoPermit();
        }

        RerankCall call;
        try
        {
            call = read();
        }
        catch (RequestFormatException exception)
        {
            return exception.Error;
        }

        if (!TryReserveTexts(ticket, call))
        {
            return GatewayError.CreateNoMemory();
        }

        var remaining = findRemaining();
        if (remaining <= TimeSpan.Zero)
        {
            return GatewayError.CreateExpiredBeforeRead();
        }

        var (result, error) = await scorer.ScoreAsync(call, ticket.Tenant, ticket.Id, remaining, cancellationToken, ticket.TellPart);
        return result is null
            ? error!
            : compose(call, new RankedReply(ticket.Id, result.Rank(call.Top), result, time.GetElapsedTime(ticket.Started), time.GetUtcNow()));
    }

    /// <summary>
    /// Counts the texts, which are held from here on, in place of the message. The message's own room goes to the one to a silo, which
    /// is about as long, and then to the reply where that repeats the texts.
    /// </summary>
    private static bool TryReserveTexts(CallTicket ticket, RerankCall call)
    {
        var texts = ByteBudget.CountTextBytes(call.PassageCharacters + call.QueryCharacters, call.Passages.Length + (call.Queries?.Length ?? 0));
        return ticket.Memory.TryResize(texts + call.ObjectBytes + (ticket.MessageBytes * ByteBudget.BytesPerBodyByteInMessages));
    }
}
