using Reranker.Models;

namespace Reranker.Grains.Rollout;

/// <summary>One model as a silo has it.</summary>
[GenerateSerializer, Immutable, Alias("reranker.silo-model")]
internal sealed record SiloModel
{
    /// <summary>Its identity.</summary>
    [Id(0)] public required string Identity { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public required ModelPhase Phase { get; init; }

    /// <summary>Why it could not be loaded.</summary>
    [Id(3)] public string? Error { get; init; }

    /// <summary>Requests in progress on the silo that are pinned to it.</summary>
    [Id(4)] public int Pins { get; init; }
}
