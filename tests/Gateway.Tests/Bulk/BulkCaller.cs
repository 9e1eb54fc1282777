using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Reranker.Gateway.Tests.Bulk;

/// <summary>A caller that reads results while it sends lines, which .NET's client does not do over HTTP/1.1.</summary>
internal sealed class BulkCaller : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    public BulkCaller(Uri address)
    {
        _client.Connect(address.Host, address.Port);
        _stream = _client.GetStream();
        _reader = new StreamReader(_stream);
    }

    public async Task StartAsync(string path) =>
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));

    public async Task SendAsync(string line) =>
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line.Length + 1:x}\r\n{line}\n\r\n")));

    /// <summary>A piece of a line, in a chunk of its own.</summary>
    public void SendPiece(string piece) =>
        _stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{piece.Length:x}\r\n{piece}\r\n")));

    public async Task EndAsync() => await _stream.WriteAsync("0\r\n\r\n"u8.ToArray());

    /// <summary>The next line of the reply; null at its end. Heads and the sizes of chunks are no lines.</summary>
    public async Task<JsonElement?> ReadLineAsync()
    {
        while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.StartsWith('{'))
            {
                return JsonDocument.Parse(line).RootElement;
            }
        }

        return null;
    }

    /// <summary>The lines up to the summary, behind which there is nothing.</summary>
    public async Task<List<JsonElement>> ReadRestAsync()
    {
        var lines = new List<JsonElement>();
        while (await ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.TryGetProperty("summary", out _))
            {
                break;
            }
        }

        return lines;
    }

    public void Dispose() => _client.Dispose();
}
