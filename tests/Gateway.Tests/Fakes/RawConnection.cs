using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>One TCP connection, byte by byte: what a hostile or a broken caller sends.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new() { ReceiveBufferSize = 4096 };
    private readonly NetworkStream _stream;

    public RawConnection(Uri address)
    {
        _client.Connect(address.Host, address.Port);
        _stream = _client.GetStream();
    }

    public Task SendAsync(string text) => SendAsync(Encoding.ASCII.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The head of a request and none of its body.</summary>
    public Task SendHeadAsync(string path, long length, params (string Name, string Value)[] headers) => SendAsync(
        string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {length}\r\n")
        + string.Concat(headers.Select(static header => $"{header.Name}: {header.Value}\r\n")) + "\r\n");

    /// <summary>Status, headers and what came of the body with them.</summary>
    public async Task<(int Status, string Text)> ReceiveAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            if (read == 0)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        var head = text.ToString();
        return (head.Length > 12 ? int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture) : 0, head);
    }

    /// <summary>Some bytes, as soon as there are any.</summary>
    public async Task ReceiveSomeAsync() => await _stream.ReadExactlyAsync(new byte[64]).AsTask().WaitAsync(Patience);

    /// <summary>Everything until the server closes the connection; false when it broke it off.</summary>
    public async Task<bool> ReadToEndAsync()
    {
        var buffer = new byte[65536];
        try
        {
            while (await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether the server ends the connection, in whatever way.</summary>
    public async Task<bool> IsClosedAsync()
    {
        await ReadToEndAsync();
        return true;
    }

    public void Dispose() => _client.Dispose();
}
