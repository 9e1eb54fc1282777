using Reranker.Grains.Models;
using Reranker.Grains.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>The workers of one silo.</summary>
[GenerateSerializer, Immutable, Alias("reranker.silo-description")]
internal sealed record SiloDescription
{
    /// <summary>Name of the silo.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Its workers; none on a silo without devices.</summary>
    [Id(1)] public required WorkerDescription[] Workers { get; init; }

    /// <summary>The newest directives it knows, so that a silo that joins learns them; null from silos that know of none.</summary>
    [Id(2)] public ModelDirectives? Directives { get; init; }
}
