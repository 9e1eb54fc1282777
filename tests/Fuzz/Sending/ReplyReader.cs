using System.Globalization;
using System.Text;

namespace Reranker.Fuzz.Sending;

/// <summary>Reads replies of HTTP/1.1, strictly: what a lenient client would guess is an error here.</summary>
internal sealed class ReplyReader(Stream stream)
{
    private const int MaxHead = 64 * 1024;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether something came that no reply has taken.</summary>
    public bool HasMore => _start < _end;

    /// <summary>The next reply that is final; null when the connection ended before its first byte.</summary>
    /// <exception cref="BrokenReplyException">It is no HTTP, or ends too early.</exception>
    public async ValueTask<RawReply?> ReadAsync(bool hasBody, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!HasMore && !await FillAsync(cancellationToken))
            {
                return null;
            }

            var status = await LineAsync(cancellationToken);
            if (status.Length < 12 || !status.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) || !int.TryParse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                throw new BrokenReplyException($"The status line is '{status}'.");
            }

            var headers = await HeadersAsync(cancellationToken);
            if (code is < 200 and not 101)
            {
                continue;
            }

            var reply = new RawReply(code, headers, []);
            return hasBody && code is not (204 or 304) ? reply with { Body = await BodyAsync(reply, cancellationToken) } : reply;
        }
    }

    private async ValueTask<List<(string, string)>> HeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new List<(string, string)>();
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(colon > 0 ? (line[..colon], line[(colon + 1)..].Trim()) : throw new BrokenReplyException($"A header is '{line}'."));
        }

        return headers;
    }

    private async ValueTask<byte[]> BodyAsync(RawReply reply, CancellationToken cancellationToken)
    {
        if (string.Equals(reply["Transfer-Encoding"], "chunked", StringComparison.OrdinalIgnoreCase))
        {
            using var body = new MemoryStream();
            while (true)
            {
                var line = await LineAsync(cancellationToken);
                if (!int.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
                {
                    throw new BrokenReplyException($"The size of a chunk is '{line}'.");
                }

                body.Write(await BytesAsync(size, cancellationToken));
                _ = await LineAsync(cancellationToken);
                if (size == 0)
                {
                    return body.ToArray();
                }
            }
        }

        return int.TryParse(reply["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? await BytesAsync(length, cancellationToken)
            : throw new BrokenReplyException("The reply tells no length.");
    }

    private async ValueTask<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (!HasMore && !await FillAsync(cancellationToken))
            {
                throw new BrokenReplyException($"The reply ends after {read} of {count} bytes.");
            }

            var taken = Math.Min(_end - _start, count - read);
            _buffer.AsSpan(_start, taken).CopyTo(bytes.AsSpan(read));
            _start += taken;
            read += taken;
        }

        return bytes;
    }

    private async ValueTask<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (line.Length < MaxHead)
        {
            if (!HasMore && !await FillAsync(cancellationToken))
            {
                throw new BrokenReplyException($"The reply ends within '{line}'.");
            }

            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var length = end < 0 ? _end - _start : end + 1;
            line.Append(Encoding.Latin1.GetString(_buffer, _start, length));
            _start += length;
            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r', '\n');
            }
        }

        throw new BrokenReplyException("A line of the reply has no end.");
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
