using System.Text.Encodings.Web;
using System.Text.Json;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Sends bodies whole, with their length: a reply never breaks off in the middle of its JSON.</summary>
internal static class ResponseWriter
{
    private const int ReplyBuffer = 16 * 1024;

    // Texts go back as they came; the reply is application/json and never part of a page.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Sends an error in a format.</summary>
    public static Task WriteErrorAsync(HttpResponse response, IErrorFormat format, GatewayError error, CancellationToken cancellationToken)
    {
        response.StatusCode = format.FindStatus(error.Kind);
        if (error.RetryAfter is { } retryAfter)
        {
            // Cohere's clients read the milliseconds.
            response.Headers.RetryAfter = RetryAfterFormat.FormatSeconds(retryAfter);
            response.Headers["retry-after-ms"] = RetryAfterFormat.FormatMilliseconds(retryAfter);
        }

        if (error.Kind == GatewayErrorKind.Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteBodyAsync(response, writer => format.WriteBody(writer, error), cancellationToken);
    }

    /// <summary>Sends a body.</summary>
    public static async Task WriteBodyAsync(HttpResponse response, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using var buffer = SerializeAndSetHeaders(response, write);
        foreach (var piece in buffer.Written)
        {
            await response.Body.WriteAsync(piece, cancellationToken);
        }
    }

    /// <summary>Sets length and type of a body and gives it, which is to be sent and disposed.</summary>
    public static PooledBuffer SerializeAndSetHeaders(HttpResponse response, Action<Utf8JsonWriter> write)
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
