using System.IO.Compression;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Oracle;

/// <summary>Undoes what Content-Encoding names.</summary>
internal static class ContentDecoding
{
    /// <summary>The body as it was before, or the statuses that tell why there is none.</summary>
    public static bool TryDecode(FuzzRequest request, out byte[] bytes, out int[] refusals)
    {
        bytes = request.Body;
        refusals = [400];
        if (request.Header("Content-Encoding") is not { Length: > 0 } name)
        {
            return true;
        }

        var body = new MemoryStream(request.Body);
        using Stream? stream = name.ToUpperInvariant() switch
        {
            "IDENTITY" => body,
            "GZIP" => new GZipStream(body, CompressionMode.Decompress),
            "BR" => new BrotliStream(body, CompressionMode.Decompress),
            "DEFLATE" => new ZLibStream(body, CompressionMode.Decompress),
            _ => null,
        };
        if (stream is null)
        {
            refusals = [415];
            return false;
        }

        try
        {
            var decoded = new MemoryStream();
            stream.CopyTo(decoded);
            bytes = decoded.ToArray();
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            return false;
        }
    }
}
