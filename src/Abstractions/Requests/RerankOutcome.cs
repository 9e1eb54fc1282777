namespace Reranker.Requests;

/// <summary>How a request ended. Everything but <see cref="Ok"/> carries a message and no scores: an answer is whole or it is an error.</summary>
[GenerateSerializer, Alias("reranker.rerank-outcome")]
public enum RerankOutcome
{
    /// <summary>Every passage has a logit.</summary>
    Ok = 0,

    /// <summary>The request itself is wrong (empty query, no passages, a limit of the wire).</summary>
    Invalid = 1,

    /// <summary>A pair is too long, and truncation was not allowed.</summary>
    TooLong = 2,

    /// <summary>No worker of the fleet serves that model.</summary>
    UnknownModel = 3,

    /// <summary>The fleet has more work than fits before the deadline; try again after <see cref="RerankReply.RetryAfterMilliseconds"/>.</summary>
    Busy = 4,

    /// <summary>The deadline passed.</summary>
    Expired = 5,

    /// <summary>No worker of the fleet takes work at present: it is starting, draining or lost.</summary>
    Unavailable = 6,

    /// <summary>Inference failed, and so did its repetitions.</summary>
    Failed = 7,
}
