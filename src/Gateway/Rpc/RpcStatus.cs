using System.Globalization;
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

    /// <summary>Sets the status of a reply that has nothing but headers. The message must be plain ASCII, as all of ours are.</summary>
    public static void SetStatus(HttpResponse response, StatusCode code, string message)
    {
        response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(message);
    }
}
