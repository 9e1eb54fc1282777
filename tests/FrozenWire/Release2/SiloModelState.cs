namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.silo-model-state")]
internal sealed record SiloModelState
{
    [Id(0)] public required string Silo { get; init; }
    [Id(1)] public required ModelPhase Phase { get; init; }
    [Id(2)] public string? Error { get; init; }
    [Id(3)] public int PinnedRequests { get; init; }
}
