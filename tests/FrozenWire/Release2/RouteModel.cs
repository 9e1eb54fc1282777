namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.route-model")]
internal sealed record RouteModel
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required ModelShare[] Shares { get; init; }
}
