namespace Reranker.Models;

/// <summary>An identity's share of the requests of its name.</summary>
[GenerateSerializer, Immutable, Alias("reranker.model-share")]
public sealed record ModelShare
{
    /// <summary>The identity.</summary>
    [Id(0)] public required string Identity { get; init; }

    /// <summary>Its weight, finite and at least 0; its share is this over the sum of all.</summary>
    [Id(1)] public required double Weight { get; init; }
}
