namespace Reranker.Requests;

/// <summary>Where the time of one request went, in microseconds. Queue and inference are those of the slowest sub-batch.</summary>
[GenerateSerializer, Immutable, Alias("reranker.rerank-timings")]
public readonly record struct RerankTimings
{
    /// <summary>Text to token ids, the wait for a tokenizer thread included.</summary>
    [Id(0)] public long TokenizationMicroseconds { get; init; }

    /// <summary>Waiting in a worker's queue.</summary>
    [Id(1)] public long QueueMicroseconds { get; init; }

    /// <summary>In batches on a worker.</summary>
    [Id(2)] public long InferenceMicroseconds { get; init; }

    /// <summary>From the request's arrival at the request grain to its reply.</summary>
    [Id(3)] public long TotalMicroseconds { get; init; }

    /// <summary>Number of sub-batches the request was split into.</summary>
    [Id(4)] public int SubBatches { get; init; }
}
