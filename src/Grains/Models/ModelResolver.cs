using Reranker.Grains.Fleet;
using Reranker.Requests;

namespace Reranker.Grains.Models;

/// <summary>Finds the identity that a request is pinned to.</summary>
internal sealed class ModelResolver(FleetView fleet, IModelCatalog catalog)
{
    /// <summary>
    /// Resolves a name, an identity, or null for the default model. A name may stand for several identities while a
    /// cluster is upgraded; they must be of the same precision, because changing it is nothing to do silently.
    /// </summary>
    public ModelResolution Resolve(string? model)
    {
        var known = catalog.Models;
        if (model is null)
        {
            if (known.Count == 0)
            {
                return ModelResolution.Failed(RerankOutcome.Unavailable, "This silo has no model yet.");
            }

            model = known[0].Name;
        }

        var served = fleet.Current.Models().ToDictionary(m => m.Identity);
        CatalogModel? first = null;
        foreach (var candidate in known)
        {
            if (candidate.Identity != model && candidate.Name != model)
            {
                continue;
            }

            first ??= candidate;
            if (candidate.Manifest.Precision == first.Manifest.Precision
                && served.TryGetValue(candidate.Identity, out var info)
                && info.ReadyWorkers > 0)
            {
                return new ModelResolution(candidate, info, RerankOutcome.Ok, null);
            }
        }

        return first is not null || served.Values.Any(m => m.Identity == model || m.Name == model)
            ? ModelResolution.Failed(RerankOutcome.Unavailable, "No worker takes work for that model at present.")
            : ModelResolution.Failed(RerankOutcome.UnknownModel, "No worker of the fleet serves a model of that name.");
    }
}
