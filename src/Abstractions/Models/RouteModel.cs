namespace Reranker.Models;

/// <summary>How the requests of one name are shared between the identities that serve it.</summary>
[GenerateSerializer, Immutable, Alias("reranker.route-model")]
public sealed record RouteModel
{
    /// <summary>The name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The shares, at least one above 0; an identity of the name that is not among them gets none.</summary>
    [Id(1)] public required ModelShare[] Shares { get; init; }
}
