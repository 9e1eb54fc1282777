namespace Reranker.Fleet;

/// <summary>The fleet as one silo sees it.</summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.fleet-info-reply")]
public sealed record FleetInfo
{
    /// <summary>The models that at least one worker serves; the first is the default.</summary>
    [Id(0)] public required ModelInfo[] Models { get; init; }

    /// <summary>Every worker of the active silos.</summary>
    [Id(1)] public required WorkerInfo[] Workers { get; init; }

    /// <summary>What the edge may know of the default model's workers.</summary>
    [Id(2)] public FleetHint Hint { get; init; }

    /// <summary>What the edge may know of the workers of each of <see cref="Models"/>, in the same order; null from a silo that does not say it.</summary>
    [Id(3)] public FleetHint[]? Hints { get; init; }
}
