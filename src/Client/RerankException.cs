using Reranker.Requests;

namespace Reranker.Client;

/// <summary>A request that ended without scores.</summary>
public sealed class RerankException : Exception
{
    /// <summary>Makes the exception of a failed response.</summary>
    /// <param name="outcome">How the request ended; not Ok.</param>
    /// <param name="message">One sentence that holds no text of the request.</param>
    /// <param name="retryAfter">When to try again; null when trying again does not help.</param>
    /// <param name="innerException">What the transport threw, if it did.</param>
    public RerankException(RerankOutcome outcome, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Outcome = outcome;
        RetryAfter = retryAfter;
    }

    /// <summary>How the request ended.</summary>
    public RerankOutcome Outcome { get; }

    /// <summary>When to try again, measured from now; null when trying again does not help.</summary>
    public TimeSpan? RetryAfter { get; }
}
