using System.Globalization;
using System.Text;

namespace Reranker.Fuzz.Requests;

/// <summary>Writes a request as it goes over the wire.</summary>
internal static class RequestBytes
{
    private static readonly string[] Trailers = ["", "X-Trailer: 1\r\n", "Content-Length: 3\r\n"];
    private static readonly string[] BadSizes = ["zz", "-1", "FFFFFFFFFFFFFFFFF", "", "0x10", "1 1", " 5"];
    private static readonly string[] BadLengths = ["abc", "-1", "18446744073709551616", "1e3", "", "0x10", "5, 6", "+5", "5 5"];

    public static byte[] Of(FuzzRequest request)
    {
        using var bytes = new MemoryStream();
        var random = new Random(request.FramingSeed);
        Write(bytes, $"{request.Method} {request.Target} HTTP/1.1\r\nHost: fuzz\r\n");
        foreach (var header in request.Headers)
        {
            Write(bytes, $"{header.Name}: ");
            bytes.Write(header.Value);
            Write(bytes, "\r\n");
        }

        WriteBody(bytes, request, random);
        var whole = bytes.ToArray();
        request.Flip?.Invoke(whole);
        return whole;
    }

    private static void WriteBody(MemoryStream bytes, FuzzRequest request, Random random)
    {
        var body = request.Body;
        switch (request.Framing)
        {
            case Framing.Length:
                var length = body.Length > 0 || request.Method is "POST" or "PUT" or "PATCH" ? $"Content-Length: {body.Length}\r\n" : "";
                Write(bytes, $"{length}\r\n");
                bytes.Write(body);
                break;
            case Framing.Chunked:
                Write(bytes, "Transfer-Encoding: chunked\r\n\r\n");
                WriteChunks(bytes, body, random);
                Write(bytes, $"0\r\n{Trailers[random.Next(Trailers.Length)]}\r\n");
                break;
            case Framing.LongLength:
                Write(bytes, $"Content-Length: {body.Length + (random.Next(2) == 0 ? 1 : random.Next(1, 1 << 30))}\r\n\r\n");
                bytes.Write(body);
                break;
            case Framing.ShortLength:
                Write(bytes, $"Content-Length: {random.Next(body.Length + 1)}\r\n\r\n");
                bytes.Write(body);
                break;
            case Framing.BrokenChunks:
                Write(bytes, "Transfer-Encoding: chunked\r\n\r\n");
                WriteChunks(bytes, body, random);
                Write(bytes, $"{BadSizes[random.Next(BadSizes.Length)]}\r\nabc");
                break;
            case Framing.BrokenLength:
                WriteBrokenLength(bytes, body, random);
                break;
        }
    }

    private static void WriteBrokenLength(MemoryStream bytes, byte[] body, Random random)
    {
        Write(bytes, random.Next(3) switch
        {
            0 => $"Content-Length: {BadLengths[random.Next(BadLengths.Length)]}\r\n\r\n",
            1 => $"Content-Length: {body.Length}\r\nContent-Length: {body.Length + 1}\r\n\r\n",
            _ => $"Content-Length: {body.Length}\r\nTransfer-Encoding: {(random.Next(2) == 0 ? "chunked" : "gzip, identity")}\r\n\r\n",
        });
        bytes.Write(body);
    }

    private static void WriteChunks(MemoryStream bytes, byte[] body, Random random)
    {
        var largest = random.Next(3) switch { 0 => 1, 1 => 17, _ => 4096 };

        // One byte a chunk is for small bodies: a large one would be six times its size.
        largest = Math.Max(largest, body.Length / 256);
        for (var sent = 0; sent < body.Length;)
        {
            var size = Math.Min(random.Next(1, largest + 1), body.Length - sent);
            var digits = size.ToString(random.Next(2) == 0 ? "x" : "X", CultureInfo.InvariantCulture).PadLeft(random.Next(1, 5), '0');
            Write(bytes, $"{digits}{(random.Next(8) == 0 ? ";a=b" : "")}\r\n");
            bytes.Write(body, sent, size);
            Write(bytes, "\r\n");
            sent += size;
        }
    }

    private static void Write(MemoryStream bytes, string text) => bytes.Write(Encoding.Latin1.GetBytes(text));
}
