using System.Net.Sockets;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Sending;

/// <summary>Sends cases one after another over one connection, and over a new one where that is not to be used any more.</summary>
internal sealed class RawSender(Uri url, TimeSpan slack) : IDisposable
{
    private static readonly byte[] Probe = "GET /ping HTTP/1.1\r\nHost: fuzz\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan BeforeEnd = TimeSpan.FromMilliseconds(250);
    private RawConnection? _connection;

    /// <summary>Sends a case and waits for its reply, no longer than its deadline and the slack.</summary>
    public async Task<Exchange> SendAsync(FuzzRequest request, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var bytes = RequestBytes.Of(request);
        var isPipelined = request is { IsPipelined: true, IsWellFramed: true };
        byte[] sent = isPipelined ? [.. bytes, .. Probe] : bytes;
        var reused = _connection is not null;
        var exchange = await SendAsync(sent, request, isPipelined, deadline, cancellationToken);

        // A server may close an idle connection at any moment, also while a request is on its way: then it was not read.
        if (reused && request.IsWellFramed && exchange is { Reply: null, Fault: null })
        {
            Close();
            exchange = await SendAsync(sent, request, isPipelined, deadline, cancellationToken);
        }

        if (!request.IsWellFramed || exchange.Reply is not { Closes: false } || exchange.Fault is not null || request.Headers.Any(static header => header.Is("Connection")))
        {
            Close();
        }

        return exchange;
    }

    public void Dispose() => Close();

    private async Task<Exchange> SendAsync(byte[] bytes, FuzzRequest request, bool isPipelined, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(deadline + slack);
        RawReply? reply = null;
        try
        {
            if (!request.IsWellFramed)
            {
                Close();
            }

            _connection ??= await RawConnection.OpenAsync(url, patience.Token);
            await SendAllAsync(_connection, bytes, patience.Token);
            // By what is sent: a flipped byte may have made another method of it.
            var hasBody = !bytes.AsSpan().StartsWith("HEAD "u8);
            var reading = _connection.ReadAsync(hasBody, patience.Token).AsTask();
            if (!request.IsWellFramed && await Task.WhenAny(reading, Task.Delay(BeforeEnd, TimeProvider.System, patience.Token)) != reading)
            {
                // The server may wait for the rest of it; there is none.
                _connection.EndSending();
            }

            reply = await reading;
            if (!isPipelined || reply is not { Closes: false })
            {
                var more = request.IsWellFramed && _connection.HasMore && !isPipelined ? "More came than the reply." : null;
                return new Exchange(bytes, reply, Fault: more);
            }

            var behind = await _connection.ReadAsync(hasBody: true, patience.Token);
            return new Exchange(bytes, reply, behind, behind is { Status: 200 or 503 } ? null : $"The probe behind it got {behind?.Status.ToString() ?? "no reply"}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Exchange(bytes, reply, Fault: $"No reply within {(deadline + slack).TotalSeconds:0.#} s.");
        }
        catch (BrokenReplyException e)
        {
            return new Exchange(bytes, reply, Fault: request.IsWellFramed ? e.Message : null);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return new Exchange(bytes, reply);
        }
    }

    private static async Task SendAllAsync(RawConnection connection, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            await connection.SendAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The server has said no before it had everything; what it said is to be read still.
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
