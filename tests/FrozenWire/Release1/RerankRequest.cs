namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.rerank-request")]
internal sealed record RerankRequest
{
    [Id(0)] public required string Query { get; init; }

    [Id(1)] public required string[] Passages { get; init; }

    [Id(2)] public string? Model { get; init; }

    [Id(3)] public required int RemainingMilliseconds { get; init; }

    [Id(4)] public TruncationOptions Truncation { get; init; } = new();

    [Id(5)] public string Tenant { get; init; } = "";
}
