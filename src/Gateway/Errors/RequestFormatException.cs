namespace Reranker.Gateway.Errors;

/// <summary>Ends the reading of a malformed request; it never leaves the gateway.</summary>
internal sealed class RequestFormatException(GatewayError error) : Exception(error.Message)
{
    /// <summary>What to tell the caller.</summary>
    public GatewayError Error { get; } = error;
}
