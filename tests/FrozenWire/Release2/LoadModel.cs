namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.load-model")]
internal sealed record LoadModel
{
    [Id(0)] public required string Folder { get; init; }
    [Id(1)] public string? Name { get; init; }
}
