using System.IO.Compression;

namespace Reranker.Gateway.Tests.Fakes;

/// <summary>Bodies as callers compress them.</summary>
internal static class Compression
{
    /// <summary>Bytes under a name of <c>Content-Encoding</c>; any other name leaves them as they are.</summary>
    public static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream? stream = encoding.ToUpperInvariant() switch
        {
            "GZIP" => new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true),
            "BR" => new BrotliStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
            "DEFLATE" => new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true),
            _ => null,
        })
        {
            (stream ?? compressed).Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>A request whose body is said to be compressed.</summary>
    public static HttpRequestMessage CreateRequest(string path, byte[] body, string encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return request;
    }
}
