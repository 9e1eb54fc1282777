namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.unload-model")]
internal sealed record UnloadModel
{
    [Id(0)] public required string Identity { get; init; }
    [Id(1)] public bool Force { get; init; }
}
