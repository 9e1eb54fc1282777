using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reranker.Gateway.Dialects;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Sends bodies whole, with their length: a reply never breaks off in the middle of its JSON.</summary>
internal static class ResponseWriter
{
    private const int ReplyBuffer = 16 * 1024;

    // Texts go back as they came; the reply is application/json and never part of a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Sets status and headers of a success and gives its body, which is to be sent.</summary>
    public static PooledBuffer Prepare(HttpResponse response, IRerankDialect dialect, RerankCall call, RankedReply reply)
    {
        response.StatusCode = StatusCodes.Status200OK;
        dialect.AddHeaders(response.Headers, call, reply);
        response.Headers[RequestHeaders.Model] = reply.Result.ModelIdentity;
        if (reply.Result.Usage is { TruncatedPassages: var passages, TruncatedQueryTokens: var query } && (passages > 0 || query > 0))
        {
            response.Headers[RequestHeaders.Truncated] = passages.ToString(CultureInfo.InvariantCulture);
        }

        if (reply.Result.Usage.ChunkedPassages > 0)
        {
            response.Headers[RequestHeaders.Chunked] = reply.Result.Usage.ChunkedPassages.ToString(CultureInfo.InvariantCulture);
        }

        return Serialize(response, writer => dialect.WriteReply(writer, call, reply));
    }

    public static Task WriteErrorAsync(HttpResponse response, IRerankDialect dialect, GatewayError error, CancellationToken cancellationToken)
    {
        var status = dialect.StatusOf(error.Kind);
        response.StatusCode = status;
        if (error.RetryAfter is { } retryAfter)
        {
            // Whole seconds, rounded up, is all the header knows; Cohere's clients read the milliseconds.
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = Math.Max(1, Math.Ceiling(retryAfter.TotalMilliseconds)).ToString("0", CultureInfo.InvariantCulture);
        }

        if (error.Kind == GatewayErrorKind.Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteAsync(response, writer => dialect.WriteError(writer, error, status), cancellationToken);
    }

    public static async Task WriteAsync(HttpResponse response, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using var buffer = Serialize(response, write);
        foreach (var piece in buffer.Written)
        {
            await response.Body.WriteAsync(piece, cancellationToken);
        }
    }

    private static PooledBuffer Serialize(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        var buffer = new PooledBuffer(ReplyBuffer);
        try
        {
            using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            {
                write(writer);
            }

            response.ContentLength = buffer.Length;
            response.ContentType = buffer.Length > 0 ? "application/json" : null;
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
