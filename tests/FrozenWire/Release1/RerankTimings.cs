namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.rerank-timings")]
internal readonly record struct RerankTimings
{
    [Id(0)] public long TokenizationMicroseconds { get; init; }

    [Id(1)] public long QueueMicroseconds { get; init; }

    [Id(2)] public long InferenceMicroseconds { get; init; }

    [Id(3)] public long TotalMicroseconds { get; init; }

    [Id(4)] public int SubBatches { get; init; }
}
