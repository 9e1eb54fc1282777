namespace Reranker.Fleet;

/// <summary>How busy the workers of one model are: enough for a caller to decide when to ask again, not enough to place work.</summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.fleet-hint")]
public readonly record struct FleetHint
{
    /// <summary>Expected wait of new work before it runs, in milliseconds: until a quarter of the model's capacity takes new work.</summary>
    [Id(0)] public int ExpectedWaitMilliseconds { get; init; }

    /// <summary>Tokens a second of all ready workers of the model together.</summary>
    [Id(1)] public double TokensPerSecond { get; init; }

    /// <summary>Tokens a UTF-16 code unit of the model's recent texts, for estimates before tokenization.</summary>
    [Id(2)] public double TokensPerCharacter { get; init; }

    /// <summary>Ready workers of the model.</summary>
    [Id(3)] public int ReadyWorkers { get; init; }

    /// <summary>Identity of the model; null from a silo that does not say whose hint it is.</summary>
    [Id(4)] public string? ModelIdentity { get; init; }
}
