using System.Net.Sockets;

namespace Reranker.Fuzz.Sending;

/// <summary>A connection that sends bytes as they are.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly ReplyReader _replies;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _replies = new ReplyReader(_stream);
    }

    /// <summary>Whether more came than was asked for.</summary>
    public bool HasMore => _replies.HasMore;

    public static async Task<RawConnection> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.Host, url.Port, cancellationToken);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(byte[] bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Says that nothing more comes.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public ValueTask<RawReply?> ReadAsync(bool hasBody, CancellationToken cancellationToken) => _replies.ReadAsync(hasBody, cancellationToken);

    public void Dispose() => _stream.Dispose();
}
