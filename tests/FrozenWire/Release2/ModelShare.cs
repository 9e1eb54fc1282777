namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.model-share")]
internal sealed record ModelShare
{
    [Id(0)] public required string Identity { get; init; }
    [Id(1)] public required double Weight { get; init; }
}
