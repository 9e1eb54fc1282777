namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.model-state")]
internal sealed record ModelState
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required string Identity { get; init; }
    [Id(2)] public bool IsDefault { get; init; }
    [Id(3)] public double? Weight { get; init; }
    [Id(4)] public int ReadyWorkers { get; init; }
    [Id(5)] public SiloModelState[] Silos { get; init; } = [];
}
