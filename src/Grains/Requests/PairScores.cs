using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>How the scoring of a request's pairs ended.</summary>
/// <param name="Outcome">Ok when every pair has a logit; UnknownModel when nobody serves the pinned identity any more.</param>
internal sealed record PairScores(RerankOutcome Outcome)
{
    /// <summary>One logit a pair; of use only when the outcome is Ok.</summary>
    public float[] Logits { get; init; } = [];

    /// <summary>Tokens that were sent to devices.</summary>
    public long SentTokens { get; init; }

    /// <summary>Tokens of pairs whose scores were known.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Queue, inference and number of parts.</summary>
    public RerankTimings Timings { get; init; }

    /// <summary>Longest time that a part was with its worker.</summary>
    public long WorkerMicroseconds { get; init; }

    /// <summary>With Busy: how much longer than there is time it would take, where that was foreseen.</summary>
    public TimeSpan? Excess { get; init; }
}
