using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Reads a body into rented memory, within its time, the limit of one body and the memory of all.</summary>
internal sealed class BodyReader(IOptions<GatewayOptions> options, ByteBudget budget, TimeProvider time)
{
    private const int FirstBuffer = 16 * 1024;

    // What a decoder keeps of what it has written: Brotli's largest window.
    private const int MaxWindow = 16 * 1024 * 1024;

    /// <summary>The memory of all bodies.</summary>
    public ByteBudget Budget => budget;

    /// <summary>Longest time that a body may take.</summary>
    public TimeSpan MaxTime => options.Value.BodyTimeout;

    /// <summary>The whole body, all of it text, decoded; dispose it to give its memory back.</summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="memory">Counts what is read, and the room that its text will need.</param>
    /// <param name="remaining">Time that the request has left.</param>
    /// <param name="aborted">The client went away.</param>
    /// <exception cref="RequestFormatException">It is too large, too slow, no UTF-8, of an unknown encoding, or there is no room for it.</exception>
    public Task<PooledBuffer> ReadBodyAsync(HttpRequest request, BudgetLease memory, TimeSpan remaining, CancellationToken aborted) =>
        ReadBodyAsync(request, memory, remaining, long.MaxValue, aborted);

    /// <summary>The whole body, decoded; dispose it to give its memory back.</summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="memory">Counts what is read, and the room that its text will need.</param>
    /// <param name="remaining">Time that the request has left.</param>
    /// <param name="textLength">Bytes that must be text; what is behind them may be anything.</param>
    /// <param name="aborted">The client went away.</param>
    /// <exception cref="RequestFormatException">It is too large, too slow, no UTF-8, of an unknown encoding, or there is no room for it.</exception>
    public async Task<PooledBuffer> ReadBodyAsync(HttpRequest request, BudgetLease memory, TimeSpan remaining, long textLength, CancellationToken aborted)
    {
        CheckHeaders(request);
        var limit = remaining < MaxTime ? remaining : MaxTime;
        using var timeout = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time);
        using var end = request.BodyReader.CancelPendingReadOn(timeout.Token);

        // A length that is only announced reserves nothing: the memory grows with what really comes.
        var body = new PooledBuffer((int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer));
        try
        {
            if (await TryReadToEndAsync(body, request, memory, textLength, aborted))
            {
                return body;
            }

            throw new RequestFormatException(remaining < MaxTime
                ? GatewayError.CreateExpiredBeforeRead()
                : CreateTooSlow());
        }
        catch (BadHttpRequestException exception)
        {
            body.Dispose();
            throw new RequestFormatException(exception.StatusCode == StatusCodes.Status408RequestTimeout
                ? CreateTooSlow()
                : GatewayError.CreateBadJson("The body could not be read."));
        }
        catch (Exception exception) when (
            ContentDecoding.IsDecoded(request) && !aborted.IsCancellationRequested && exception is InvalidDataException or InvalidOperationException or IOException)
        {
            // Also what the decoder makes of a body whose framing is broken: it sees the end of it, or an error of the server's reader.
            body.Dispose();
            throw new RequestFormatException(GatewayError.CreateBadJson("The body is not compressed as its Content-Encoding says."));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private void CheckHeaders(HttpRequest request)
    {
        if (ContentDecoding.FindUnknownEncoding(request) is { } unknown)
        {
            throw new RequestFormatException(unknown);
        }

        if (request.ContentLength > options.Value.MaxBodyBytes)
        {
            throw CreateTooLarge();
        }

        if (!budget.HasRoom(request.ContentLength ?? 0))
        {
            throw CreateNoRoom();
        }
    }

    private static async ValueTask<ReadResult> ReadSomeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await request.BodyReader.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidOperationException or (IOException and not BadHttpRequestException)
            && !ContentDecoding.IsDecoded(request) && !cancellationToken.IsCancellationRequested)
        {
            // Not every broken framing is a bad request to the server: it fails on the size of a chunk that no number holds, and
            // on a trailer that is no UTF-8.
            throw new RequestFormatException(GatewayError.CreateBadJson("The body could not be read."));
        }
    }

    /// <summary>Reads to the end; false when there was no time for all of it.</summary>
    private async Task<bool> TryReadToEndAsync(PooledBuffer body, HttpRequest request, BudgetLease memory, long textLength, CancellationToken aborted)
    {
        var window = ContentDecoding.IsDecoded(request) ? MaxWindow : 0;
        var check = new Utf8Check();
        while (true)
        {
            var read = await ReadSomeAsync(request, aborted);
            try
            {
                if (read.IsCanceled)
                {
                    return false;
                }

                ReserveBodyMemory(read.Buffer.Length, body.Length, memory, window);
                foreach (var piece in read.Buffer)
                {
                    if (!check.ValidatePiece(piece.Span[..(int)Math.Clamp(textLength - body.Length, 0, piece.Length)]))
                    {
                        throw CreateNotUtf8();
                    }

                    body.Write(piece.Span);
                }
            }
            finally
            {
                // Also before an error: a read that is left open makes the server drop the connection instead of sending the reply.
                request.BodyReader.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                return check.IsComplete ? true : throw CreateNotUtf8();
            }
        }
    }

    private void ReserveBodyMemory(long read, long before, BudgetLease memory, long decoderWindow)
    {
        if (before + read > options.Value.MaxBodyBytes)
        {
            throw CreateTooLarge();
        }

        var kept = Math.Min(read, Math.Max(0, decoderWindow - before));
        if (!memory.TryGrow((read * ByteBudget.BytesPerBodyByte) + kept))
        {
            // At once, so that those who ask meanwhile are not refused for its sake.
            memory.SetHeldWithoutLimit(0);
            throw CreateNoRoom();
        }
    }

    private RequestFormatException CreateTooLarge() =>
        new(new GatewayError(GatewayErrorKind.BodyTooLarge, $"The body is larger than {options.Value.MaxBodyBytes} bytes."));

    private static RequestFormatException CreateNoRoom() => new(GatewayError.CreateNoMemory());

    private static RequestFormatException CreateNotUtf8() => new(GatewayError.CreateBadJson("The body is not valid UTF-8."));

    private static GatewayError CreateTooSlow() => new(GatewayErrorKind.BodyTooSlow, "The body came too slowly.");
}
