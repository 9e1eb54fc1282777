namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.fleet-hint")]
internal readonly record struct FleetHint
{
    [Id(0)] public int ExpectedWaitMilliseconds { get; init; }

    [Id(1)] public double TokensPerSecond { get; init; }

    [Id(2)] public double TokensPerCharacter { get; init; }

    [Id(3)] public int ReadyWorkers { get; init; }
}
