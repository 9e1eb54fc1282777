namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.rerank-reply")]
internal sealed record RerankReply
{
    [Id(0)] public required RerankOutcome Outcome { get; init; }

    [Id(1)] public string? Error { get; init; }

    [Id(2)] public float[] Logits { get; init; } = [];

    [Id(3)] public int[] PairTokens { get; init; } = [];

    [Id(4)] public int[]? CutTokens { get; init; }

    [Id(5)] public int QueryTokens { get; init; }

    [Id(6)] public int QueryCutTokens { get; init; }

    [Id(7)] public string? Model { get; init; }

    [Id(8)] public string? ModelIdentity { get; init; }

    [Id(9)] public RerankTimings Timings { get; init; }

    [Id(10)] public FleetHint Hint { get; init; }

    [Id(11)] public int RetryAfterMilliseconds { get; init; }
}
