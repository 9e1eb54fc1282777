using System.IO.Compression;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Compresses the body, or says that it did; rightly or not.</summary>
internal sealed class ContentEncodings : IRequestMutator
{
    private static readonly string[] Names = ["gzip", "br", "deflate", "GZIP", "x-gzip", "zstd", "compress", "identity", "", "gzip, gzip", "br, gzip", "nonsense", "gzip;q=1"];

    public void Mutate(FuzzRequest request, Random random)
    {
        var name = random.Pick(Names);
        request.Set("Content-Encoding", name);
        if (random.Next(4) > 0)
        {
            var compressed = Compress(name.ToUpperInvariant(), request.Body);
            request.Body = random.Next(4) == 0 ? compressed[..random.Next(compressed.Length + 1)] : compressed;
        }
    }

    private static byte[] Compress(string name, byte[] body)
    {
        using var bytes = new MemoryStream();
        using (Stream? stream = name switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            "BR" => new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            "DEFLATE" => new ZLibStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        })
        {
            if (stream is null)
            {
                return body;
            }

            stream.Write(body);
        }

        return bytes.ToArray();
    }
}
