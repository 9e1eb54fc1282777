using System.Globalization;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Http;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Reranking;

/// <summary>Gives a ranking its status, its headers and its body.</summary>
internal static class ReplyComposer
{
    /// <summary>Sets status and headers of a success and gives its body, which is to be sent.</summary>
    public static PooledBuffer ComposeReply(HttpResponse response, IRerankDialect dialect, RerankCall call, RankedReply reply)
    {
        response.StatusCode = StatusCodes.Status200OK;
        dialect.SetHeaders(response.Headers, call, reply);
        response.Headers[RequestHeaders.Model] = reply.Result.ModelIdentity;
        response.Headers[RequestHeaders.ServerTiming] = TimingHeader.FormatTimings(reply.Result.Timings, reply.Elapsed);
        if (reply.Result.Usage is { TruncatedPassages: var passages, TruncatedQueryTokens: var query } && (passages > 0 || query > 0))
        {
            response.Headers[RequestHeaders.Truncated] = passages.ToString(CultureInfo.InvariantCulture);
        }

        if (reply.Result.Usage.ChunkedPassages > 0)
        {
            response.Headers[RequestHeaders.Chunked] = reply.Result.Usage.ChunkedPassages.ToString(CultureInfo.InvariantCulture);
        }

        var body = ResponseWriter.SerializeAndSetHeaders(response, writer => dialect.WriteReply(writer, call, reply));
        var textLength = body.Length;
        dialect.WriteAttached(body, call, reply);
        AttachedBytes.SetHeaders(response, textLength, body.Length);
        return body;
    }
}
