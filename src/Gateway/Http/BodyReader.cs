using System.Buffers;
using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Reads a body into rented memory, within its time, the limit of one body and the memory of all.</summary>
internal sealed class BodyReader(
    IOptions<GatewayOptions> options, ByteBudget budget, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int FirstBuffer = 16 * 1024;

    // What a decoder keeps of what it has written: Brotli's largest window.
    private const int LargestWindow = 16 * 1024 * 1024;

    /// <summary>The memory of all bodies.</summary>
    public ByteBudget Budget => budget;

    /// <summary>Longest time that a body may take.</summary>
    public TimeSpan Longest => options.Value.BodyTimeout;

    /// <summary>The whole body, decoded; dispose it to give its memory back.</summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="memory">Counts what is read, and the room that its text will need.</param>
    /// <param name="remaining">Time that the request has left.</param>
    /// <param name="aborted">The client went away.</param>
    /// <exception cref="RequestFormatException">It is too large, too slow, no UTF-8, of an unknown encoding, or there is no room for it.</exception>
    public async Task<PooledBuffer> ReadAsync(HttpRequest request, BudgetLease memory, TimeSpan remaining, CancellationToken aborted)
    {
        Check(request);
        using var timeout = new CancellationTokenSource(remaining < Longest ? remaining : Longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, aborted);

        // A length that is only announced reserves nothing: the memory grows with what really comes.
        var body = new PooledBuffer((int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer));
        try
        {
            await FillAsync(body, request, memory, end.Token);
            return body;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            body.Dispose();
            throw new RequestFormatException(remaining < Longest
                ? new GatewayError(GatewayErrorKind.Expired, "The deadline passed before the request was read.")
                : TooSlow());
        }
        catch (BadHttpRequestException exception)
        {
            body.Dispose();
            throw new RequestFormatException(exception.StatusCode == StatusCodes.Status408RequestTimeout
                ? TooSlow()
                : GatewayError.BadJson("The body could not be read."));
        }
        catch (Exception exception) when (ContentDecoding.IsDecoded(request) && exception is InvalidDataException or InvalidOperationException)
        {
            body.Dispose();
            throw new RequestFormatException(GatewayError.BadJson("The body is not compressed as its Content-Encoding says."));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads what is left of the body of a request that was refused, and keeps nothing of it. Most clients send all of a body before they
    /// look for the reply: one whose connection was closed meanwhile would never see why, nor when to come again.
    /// </summary>
    public async Task DiscardAsync(HttpRequest request)
    {
        if (request.Headers.Expect.Count > 0)
        {
            // It waits for leave to send, and has been told that it need not.
            return;
        }

        using var timeout = new CancellationTokenSource(Longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lifetime.ApplicationStopping, request.HttpContext.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            long discarded = 0;
            for (int read; discarded < options.Value.MaxBodyBytes && (read = await request.Body.ReadAsync(buffer, end.Token)) > 0;)
            {
                discarded += read;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException or InvalidDataException or InvalidOperationException)
        {
            // The reply was sent already. Whatever is wrong with the rest, the server closes the connection.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Check(HttpRequest request)
    {
        if (ContentDecoding.FindUnknown(request) is { } unknown)
        {
            throw new RequestFormatException(unknown);
        }

        if (request.ContentLength > options.Value.MaxBodyBytes)
        {
            throw TooLarge();
        }

        if (!budget.HasRoom(request.ContentLength ?? 0))
        {
            throw NoRoom();
        }
    }

    private async Task FillAsync(PooledBuffer body, HttpRequest request, BudgetLease memory, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxBodyBytes;
        var window = ContentDecoding.IsDecoded(request) ? LargestWindow : 0;
        var check = new Utf8Check();
        while (true)
        {
            var read = await request.Body.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0)
            {
                break;
            }

            if (body.Length + read > limit)
            {
                throw TooLarge();
            }

            var kept = Math.Min(read, Math.Max(0, window - body.Length));
            if (!memory.TryGrow(((long)read * ByteBudget.BytesPerBodyByte) + kept))
            {
                throw NoRoom();
            }

            if (!check.TryRead(body.GetSpan()[..read]))
            {
                throw NotUtf8();
            }

            body.Advance(read);
        }

        if (!check.IsComplete)
        {
            throw NotUtf8();
        }
    }

    private RequestFormatException TooLarge() =>
        new(new GatewayError(GatewayErrorKind.BodyTooLarge, $"The body is larger than {options.Value.MaxBodyBytes} bytes."));

    private static RequestFormatException NoRoom() =>
        new(GatewayError.NoMemory());

    private static RequestFormatException NotUtf8() => new(GatewayError.BadJson("The body is not valid UTF-8."));

    private static GatewayError TooSlow() => new(GatewayErrorKind.BodyTooSlow, "The body came too slowly.");
}
