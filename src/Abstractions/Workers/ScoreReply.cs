namespace Reranker.Workers;

/// <summary>The logits of a sub-batch in its order, or the reason why there are none, and the worker's load.</summary>
[GenerateSerializer, Immutable, Alias("reranker.score-reply")]
public sealed record ScoreReply
{
    /// <summary>How the sub-batch ended.</summary>
    [Id(0)] public required ScoreOutcome Outcome { get; init; }

    /// <summary>One raw logit a pair; empty unless Ok.</summary>
    [Id(1)] public float[] Logits { get; init; } = [];

    /// <summary>One sentence when <see cref="Outcome"/> is Invalid or Failed.</summary>
    [Id(2)] public string? Error { get; init; }

    /// <summary>The worker's load after this sub-batch.</summary>
    [Id(3)] public WorkerLoad Load { get; init; }

    /// <summary>Longest wait of a pair in the queue, in microseconds.</summary>
    [Id(4)] public long QueueMicroseconds { get; init; }

    /// <summary>From the first pair's batch to the last one's end, in microseconds.</summary>
    [Id(5)] public long InferenceMicroseconds { get; init; }

    /// <summary>Number of batches its pairs ran in.</summary>
    [Id(6)] public int Batches { get; init; }

    /// <summary>From its arrival in the queue to the end of its last batch, in microseconds; 0 from a worker that does not say it.</summary>
    [Id(7)] public long TotalMicroseconds { get; init; }
}
