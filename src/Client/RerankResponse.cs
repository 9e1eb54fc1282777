using System.Diagnostics.CodeAnalysis;
using Reranker.Fleet;
using Reranker.Requests;

namespace Reranker.Client;

/// <summary>How a request ended: with a result, or with an outcome, a sentence and perhaps a time to try again.</summary>
public sealed record RerankResponse
{
    /// <summary>How the request ended.</summary>
    public required RerankOutcome Outcome { get; init; }

    /// <summary>The scores; null unless <see cref="Outcome"/> is Ok.</summary>
    public RerankResult? Result { get; init; }

    /// <summary>One sentence when there is no result. It holds no text of the request.</summary>
    public string? Error { get; init; }

    /// <summary>When to try again, with Busy and Unavailable.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the fleet said about itself with the reply; null when nobody replied.</summary>
    public FleetHint? Hint { get; init; }

    /// <summary>Whether there are scores.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    public bool IsOk => Result is not null;

    internal static RerankResponse CreateFailure(RerankOutcome outcome, string error, TimeSpan? retryAfter = null, FleetHint? hint = null) =>
        new() { Outcome = outcome, Error = error, RetryAfter = retryAfter, Hint = hint };
}
