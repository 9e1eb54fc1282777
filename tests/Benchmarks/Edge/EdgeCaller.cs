using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Reranker.Benchmarks.Edge;

/// <summary>
/// A connection that sends the same request again and again. A library's client would cost about as much as the server, and hide
/// what is measured.
/// </summary>
internal sealed class EdgeCaller : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly byte[] _request;

    public EdgeCaller(int port, byte[] body)
    {
        var head = $"POST /rerank HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        _request = [.. Encoding.ASCII.GetBytes(head), .. body];
        _socket.Connect("127.0.0.1", port);
    }

    /// <summary>Sends the request and reads its reply to the end.</summary>
    public async Task CallAsync()
    {
        await _socket.SendAsync(_request);
        var (read, whole) = (0, int.MaxValue);
        while (read < whole)
        {
            var more = await _socket.ReceiveAsync(_buffer.AsMemory(read));
            read += more > 0 ? more : throw new IOException("The server closed the connection.");
            whole = FindWholeLength(_buffer.AsSpan(0, read));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int FindWholeLength(ReadOnlySpan<byte> reply)
    {
        var end = reply.IndexOf(HeadEnd);
        if (end < 0)
        {
            return int.MaxValue;
        }

        var head = Encoding.ASCII.GetString(reply[..end]);
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
        {
            throw new IOException(head);
        }

        return FindBodyLength(head) is { } length
            ? end + HeadEnd.Length + length
            : reply.EndsWith("0\r\n\r\n"u8) ? reply.Length : int.MaxValue;
    }

    // Null for a body in chunks, which a bare endpoint sends.
    private static int? FindBodyLength(string head)
    {
        const string Name = "\r\nContent-Length: ";
        var start = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        var value = head.AsSpan(start + Name.Length);
        var end = value.IndexOf('\r');
        return int.Parse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
