using Reranker.Fleet;

namespace Reranker.Requests;

/// <summary>The logits of one request in the order of its passages, or the reason why there are none.</summary>
[GenerateSerializer, Immutable, Alias("reranker.rerank-reply")]
public sealed record RerankReply
{
    /// <summary>How the request ended.</summary>
    [Id(0)] public required RerankOutcome Outcome { get; init; }

    /// <summary>One sentence for the caller when <see cref="Outcome"/> is not Ok; it never holds query or passage text.</summary>
    [Id(1)] public string? Error { get; init; }

    /// <summary>One raw logit a passage, in the request's order; empty unless Ok. The relevance is sigmoid(logit).</summary>
    [Id(2)] public float[] Logits { get; init; } = [];

    /// <summary>Tokens of each pair as the model read it, special tokens included; of a passage in chunks, of all its pairs.</summary>
    [Id(3)] public int[] PairTokens { get; init; } = [];

    /// <summary>Tokens of each passage that the model did not read; null when nothing was cut. Where a passage was so long
    /// that its end was never tokenized, the number is estimated from the part that was.</summary>
    [Id(4)] public int[]? CutTokens { get; init; }

    /// <summary>Tokens of the query as the model read it.</summary>
    [Id(5)] public int QueryTokens { get; init; }

    /// <summary>Tokens of the query that the model did not read.</summary>
    [Id(6)] public int QueryCutTokens { get; init; }

    /// <summary>Name of the model that scored.</summary>
    [Id(7)] public string? Model { get; init; }

    /// <summary>Identity of the model that scored: the hash of its graph, precision included. All logits are of this one.</summary>
    [Id(8)] public string? ModelIdentity { get; init; }

    /// <summary>Where the time went.</summary>
    [Id(9)] public RerankTimings Timings { get; init; }

    /// <summary>What the caller may know about the fleet, for its next requests.</summary>
    [Id(10)] public FleetHint Hint { get; init; }

    /// <summary>With Busy and Unavailable: when to try again, in milliseconds.</summary>
    [Id(11)] public int RetryAfterMilliseconds { get; init; }

    /// <summary>Address of the silo that took the request, so that a caller who has waited too long for another answer can go elsewhere.</summary>
    [Id(12)] public string? Silo { get; init; }

    /// <summary>Active silos of the cluster as that silo knows them; 0 from a silo that does not say it.</summary>
    [Id(13)] public int Silos { get; init; }

    /// <summary>Chunks of each passage; null when none had more than one.</summary>
    [Id(14)] public int[]? Chunks { get; init; }

    /// <summary>
    /// From a sub-batch's arrival in its worker's queue to the end of its last batch, on the worker's clock, of the sub-batch
    /// for which that is longest: what somebody who called the workers directly would have waited. Queue and inference
    /// overlap where a sub-batch runs in several batches, so this may be less than their sum. In microseconds; 0 from a silo
    /// or worker that does not say it, and where no pair was sent to a worker.
    /// </summary>
    [Id(15)] public long WorkerMicroseconds { get; init; }
}
