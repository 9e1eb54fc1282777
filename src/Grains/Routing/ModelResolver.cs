using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Requests;

namespace Reranker.Grains.Routing;

/// <summary>Finds the identity that a request is pinned to.</summary>
internal sealed class ModelResolver(FleetView fleet, IModelCatalog catalog, DirectivesCell directives, RandomSource random)
{
    /// <summary>
    /// Resolves a name, an identity, or null for the default model. Where a name stands for several identities, their
    /// shares choose by the key. Without shares the first that is served answers, and only those of its precision stand
    /// in for it: changing the precision is nothing to do silently.
    /// </summary>
    public ModelResolution Resolve(string? model, string routeKey = "")
    {
        var told = directives.Current;
        CatalogModel[] known = [.. catalog.Models.Where(m => !told.IsRetired(m.Identity))];
        model ??= catalog.DefaultName;
        if (model is null)
        {
            return ModelResolution.Failed(RerankOutcome.Unavailable, "This silo has no model yet.");
        }

        var served = fleet.Current.Models().Where(m => !told.IsRetired(m.Identity)).ToDictionary(m => m.Identity);
        CatalogModel[] meant = [.. known.Where(m => m.Identity == model || m.Name == model)];
        CatalogModel[] usable = [.. meant.Where(m => served.TryGetValue(m.Identity, out var info) && info.ReadyWorkers > 0)];
        if (Choose(model, routeKey, told, meant, usable) is { } chosen)
        {
            return new ModelResolution(chosen, served[chosen.Identity], RerankOutcome.Ok, null);
        }

        return meant.Length > 0 || served.Values.Any(m => m.Identity == model || m.Name == model)
            ? ModelResolution.Failed(RerankOutcome.Unavailable, "No worker takes work for that model at present.")
            : ModelResolution.Failed(RerankOutcome.UnknownModel, "No worker of the fleet serves a model of that name.");
    }

    private CatalogModel? Choose(string model, string routeKey, ModelDirectives told, CatalogModel[] meant, CatalogModel[] usable)
    {
        if (Array.Find(usable, m => m.Identity == model) is { } identity)
        {
            return identity;
        }

        if (told.Route(model) is { } route)
        {
            var point = routeKey.Length == 0 ? random.NextDouble() : ModelRouter.Point(model, routeKey);
            return ModelRouter.Choose(route, usable, point);
        }

        return Array.Find(usable, m => m.Manifest.Precision == meant[0].Manifest.Precision);
    }
}
