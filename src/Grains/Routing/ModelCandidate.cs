using Reranker.Grains.Fleet;
using Reranker.Grains.Models;

namespace Reranker.Grains.Routing;

/// <summary>A model that a request may be pinned to: this silo reads its texts, and somebody serves it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Served">Who serves it.</param>
/// <param name="Weight">Its share of the requests to its name; 0 where shares are set and it has none, or where none are set.</param>
internal sealed record ModelCandidate(CatalogModel Model, ServedModel Served, double Weight)
{
    /// <summary>What a request is told that is pinned to it.</summary>
    public ModelResolution Resolution { get; } = new(Model, Served.MaxPairTokens);
}
