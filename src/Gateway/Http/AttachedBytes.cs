using System.Buffers;
using System.Globalization;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>Bodies with bytes behind their JSON: a header says where the JSON ends.</summary>
internal static class AttachedBytes
{
    private const string TextLength = "Inference-Header-Content-Length";

    /// <summary>Bytes of the JSON; null where all of the body is.</summary>
    /// <exception cref="RequestFormatException">The header is no length.</exception>
    public static long? FindTextLength(HttpRequest request) => RequestHeaders.ReadWholeNumber(request, TextLength, 1, int.MaxValue);

    /// <summary>The fields of a body's JSON, with what is behind it.</summary>
    /// <exception cref="RequestFormatException">The body is shorter than its header says, or no JSON object.</exception>
    public static JsonFields ParseFields(ReadOnlySequence<byte> body, long? textLength) => textLength switch
    {
        null => JsonFields.Parse(body),
        var length when length > body.Length => throw new RequestFormatException(
            GatewayError.CreateBadJson($"The body is shorter than the header {TextLength} says.")),
        var length => JsonFields.Parse(body.Slice(0, length.Value), body.Slice(length.Value)),
    };

    /// <summary>Sets the headers of a reply with something behind its JSON.</summary>
    public static void SetHeaders(HttpResponse response, long textLength, long length)
    {
        if (length > textLength)
        {
            response.Headers[TextLength] = textLength.ToString(CultureInfo.InvariantCulture);
            response.ContentLength = length;
            response.ContentType = "application/octet-stream";
        }
    }
}
