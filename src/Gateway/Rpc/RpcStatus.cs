using System.Globalization;
using System.Text;
using Grpc.Core;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;

namespace Reranker.Gateway.Rpc;

/// <summary>Errors as gRPC tells them: a status, and beside it when to come again.</summary>
internal static class RpcStatus
{
    // What gRPC's own clients heed where they are told to retry.
    private const string Pushback = "grpc-retry-pushback-ms";
    private const string RetryAfter = "retry-after-ms";
    private const string CodeHeader = "grpc-status";
    private const string ContentType = "application/grpc";

    /// <summary>The exception that ends a call with an error.</summary>
    public static RpcException CreateException(RpcContract contract, GatewayError error)
    {
        var trailers = new Metadata();
        if (error.RetryAfter is { } delay)
        {
            trailers.Add(RetryAfter, RetryAfterFormat.FormatMilliseconds(delay));
            trailers.Add(Pushback, RetryAfterFormat.FormatMilliseconds(delay));
        }

        return new RpcException(new Status(contract.FindCode(error.Kind), error.Message), trailers);
    }

    /// <summary>Whether a request is one of gRPC.</summary>
    public static bool IsRpc(HttpRequest request) => request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Ends a call with an error before its service has seen it.</summary>
    public static void Refuse(HttpResponse response, RpcContract contract, GatewayError error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        SetStatus(response, contract.FindCode(error.Kind), error.Message);
        if (error.RetryAfter is { } delay)
        {
            response.Headers[RetryAfter] = response.Headers[Pushback] = RetryAfterFormat.FormatMilliseconds(delay);
        }
    }

    /// <summary>The code of a reply that has nothing but headers; null where it has none.</summary>
    public static StatusCode? FindCode(HttpResponse response) =>
        int.TryParse(response.Headers[CodeHeader].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? (StatusCode)code : null;

    /// <summary>Sets the status of a reply that has nothing but headers.</summary>
    public static void SetStatus(HttpResponse response, StatusCode code, string message)
    {
        SetCode(response, code);
        response.Headers["grpc-message"] = EncodeMessage(message);
    }

    /// <summary>Sets the code of a reply that has nothing but headers, and leaves its message.</summary>
    public static void SetCode(HttpResponse response, StatusCode code) =>
        response.Headers[CodeHeader] = ((int)code).ToString(CultureInfo.InvariantCulture);

    /// <summary>A message as its header has it: what is printable in ASCII goes as it is, all else, and the percent sign, byte by byte of its UTF-8.</summary>
    public static string EncodeMessage(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (var value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return encoded.ToString();
    }
}
