using Orleans.Runtime.Messaging;

namespace Reranker.Attempts;

/// <summary>Which exceptions of a grain call mean that the answer was lost, not that the request is wrong.</summary>
internal static class TransportFaults
{
    /// <summary>The reason of an attempt whose connection was the last to be lost.</summary>
    public const string NoSilo = "connection";

    /// <summary>
    /// Why the call may be repeated elsewhere, a value of the client metric's <c>reason</c> tag; null when repeating cannot help.
    /// Scoring has no side effects, so a lost answer is always safe to ask for again.
    /// </summary>
    public static string? FindRetryReason(Exception exception) => exception switch
    {
        SiloUnavailableException => "silo-unavailable",
        OrleansMessageRejectionException => "rejected",
        GatewayTooBusyException => "gateway-busy",
        LimitExceededException => "limit",
        ConnectionFailedException => NoSilo,
        ClientNotAvailableException => NoSilo,
        TimeoutException => "timeout",

        // The caller's own cancellation is handled before: this one came from a silo that is stopping.
        OperationCanceledException => "cancelled-by-silo",

        // A silo that stops disposes what a call of it still needs, and Orleans has more kinds of loss than have names here.
        ObjectDisposedException => "silo-stopping",
        OrleansException => "orleans",
        _ => null,
    };
}
