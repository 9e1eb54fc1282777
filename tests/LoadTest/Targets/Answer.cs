using Reranker.Requests;

namespace Reranker.LoadTest.Targets;

/// <summary>How a request ended.</summary>
/// <param name="Error">What went wrong, as the report counts it: a status or an outcome, <c>timeout</c>, <c>connection …</c> or what is wrong with the reply; null when nothing.</param>
/// <param name="Refused">The server said that it has no room: 429 or 503, busy or unavailable.</param>
/// <param name="Tokens">Tokens that the server says it read; 0 when it does not say.</param>
internal readonly record struct Answer(string? Error, bool Refused = false, int Tokens = 0)
{
    /// <summary>The error of a request that this program gave up because it was told to.</summary>
    public const string GivenUp = "given up";

    /// <summary>What the request took beyond its work; null when the server does not say enough.</summary>
    public Overhead? Overhead { get; init; }

    /// <summary>A request that a cluster ended without scores.</summary>
    public static Answer Of(RerankOutcome outcome)
        => new(outcome.ToString().ToLowerInvariant(), outcome is RerankOutcome.Busy or RerankOutcome.Unavailable);

    /// <summary>True for an error that says that there was no room, as it is counted.</summary>
    public static bool IsRefusal(string error) => error is "429" or "503" or "busy" or "unavailable";
}
