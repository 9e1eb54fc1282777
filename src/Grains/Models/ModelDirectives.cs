using Reranker.Models;

namespace Reranker.Grains.Models;

/// <summary>
/// What was told to all silos beside their configurations. Every change is a new revision of the whole, so a silo that
/// missed some needs only the newest.
/// </summary>
[GenerateSerializer, Immutable, Alias("reranker.model-directives")]
internal sealed record ModelDirectives
{
    /// <summary>Nothing was told.</summary>
    public static readonly ModelDirectives None = new();

    /// <summary>Counts up with every change.</summary>
    [Id(0)] public long Revision { get; init; }

    /// <summary>Models to load.</summary>
    [Id(1)] public ModelPlacement[] Loaded { get; init; } = [];

    /// <summary>Identities that get no requests and are unloaded, wherever they came from.</summary>
    [Id(2)] public string[] Retired { get; init; } = [];

    /// <summary>Shares, by name.</summary>
    [Id(3)] public RouteModel[] Routes { get; init; } = [];

    /// <summary>True when an identity is to be unloaded.</summary>
    public bool IsRetired(string identity) => Array.IndexOf(Retired, identity) >= 0;

    /// <summary>The weight of an identity among those of its name; null when none were set.</summary>
    public double? WeightOf(string name, string identity)
        => Route(name) is { } route ? Array.Find(route.Shares, s => s.Identity == identity)?.Weight ?? 0 : null;

    /// <summary>The shares of a name, or null.</summary>
    public RouteModel? Route(string name) => Array.Find(Routes, r => r.Name == name);
}
