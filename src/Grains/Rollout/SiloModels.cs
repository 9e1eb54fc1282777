using Reranker.Grains.Models;

namespace Reranker.Grains.Rollout;

/// <summary>The models of one silo, and what it was told.</summary>
[GenerateSerializer, Immutable, Alias("reranker.silo-models")]
internal sealed record SiloModels
{
    /// <summary>Name of the silo.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The newest directives it knows.</summary>
    [Id(1)] public required ModelDirectives Directives { get; init; }

    /// <summary>Its models, those loading and those that failed.</summary>
    [Id(2)] public required SiloModel[] Models { get; init; }
}
