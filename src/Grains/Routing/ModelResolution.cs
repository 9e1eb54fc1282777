using Reranker.Fleet;
using Reranker.Grains.Models;
using Reranker.Requests;

namespace Reranker.Grains.Routing;

/// <summary>The model a request is pinned to, or why there is none.</summary>
internal sealed record ModelResolution(CatalogModel? Model, ModelInfo? Served, RerankOutcome Outcome, string? Error)
{
    /// <summary>A resolution without a model.</summary>
    public static ModelResolution Failed(RerankOutcome outcome, string error) => new(null, null, outcome, error);
}
