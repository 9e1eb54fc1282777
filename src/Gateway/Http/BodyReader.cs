using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Admission;

namespace Reranker.Gateway.Http;

/// <summary>Reads a body into rented memory, within the limit of one body and that of all.</summary>
internal sealed class BodyReader(IOptions<GatewayOptions> options, ByteBudget budget)
{
    private const int FirstBuffer = 16 * 1024;

    /// <summary>The whole body; dispose it to give its memory back.</summary>
    /// <exception cref="RequestFormatException">It is too large, no UTF-8, or there is no room for it.</exception>
    public async Task<ReceivedBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxBodyBytes;
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        // A length that is only announced reserves nothing: the memory grows with what really comes.
        var body = new ReceivedBody(budget, (int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer));
        try
        {
            while (true)
            {
                var read = await ReadSomeAsync(request, cancellationToken);
                try
                {
                    Append(body, read, limit);
                }
                finally
                {
                    // Also before an error: a read that is left open makes the server drop the connection instead of
                    // sending the reply.
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                }

                if (read.IsCompleted)
                {
                    return Utf8.IsValid(body.Buffer.Written.Span)
                        ? body
                        : throw new RequestFormatException(GatewayError.BadJson("The body is not valid UTF-8."));
                }
            }
        }
        catch (BadHttpRequestException exception)
        {
            body.Dispose();
            throw Translate(exception, limit);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private static async ValueTask<ReadResult> ReadSomeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.BodyReader.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidOperationException or (IOException and not BadHttpRequestException)
            && !cancellationToken.IsCancellationRequested)
        {
            // Not every broken framing is a bad request to the server: it fails on the size of a chunk that no number holds, and
            // on a trailer that is no UTF-8.
            throw new RequestFormatException(GatewayError.BadJson("The body could not be read."));
        }
    }

    private static void Append(ReceivedBody body, ReadResult read, int limit)
    {
        if (body.Buffer.Length + read.Buffer.Length > limit)
        {
            throw TooLarge(limit);
        }

        if (!body.TryGrow(read.Buffer.Length))
        {
            throw new RequestFormatException(new GatewayError(
                GatewayErrorKind.Busy, "Too many large requests are in progress.", RetryAfter: TimeSpan.FromSeconds(1)));
        }

        foreach (var segment in read.Buffer)
        {
            body.Buffer.Write(segment.Span);
        }
    }

    private static RequestFormatException Translate(BadHttpRequestException exception, int limit) => exception.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge(limit),
        StatusCodes.Status408RequestTimeout => new(new GatewayError(GatewayErrorKind.BodyTooSlow, "The body came too slowly.")),
        _ => new(GatewayError.BadJson("The body could not be read.")),
    };

    private static RequestFormatException TooLarge(int limit) =>
        new(new GatewayError(GatewayErrorKind.BodyTooLarge, $"The body is larger than {limit} bytes."));
}
