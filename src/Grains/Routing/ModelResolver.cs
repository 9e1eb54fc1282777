using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;

namespace Reranker.Grains.Routing;

/// <summary>Finds the identity that a request is pinned to.</summary>
internal sealed class ModelResolver(FleetView fleet, IModelCatalog catalog, DirectiveStore directives, RandomSource random)
{
    private ModelIndex _index = new(FleetSnapshot.Empty, ModelDirectives.None, []);

    /// <summary>
    /// Resolves a name, an identity, or null for the default model. Where a name stands for several identities, their
    /// shares choose by the key. Without shares the first that is served answers, and only those of its precision stand
    /// in for it.
    /// </summary>
    public ModelResolution ResolveModel(string? model, string routeKey = "")
    {
        var index = GetIndex();
        model ??= catalog.DefaultName;
        if (model is null)
        {
            return ModelResolution.NoModelYet;
        }

        if (index.FindModels(model) is not { } named)
        {
            return ModelResolution.Unknown;
        }

        return (named.FindIdentity(model) ?? ChooseByName(model, routeKey, named))?.Resolution ?? ModelResolution.NoWorker;
    }

    private ModelCandidate? ChooseByName(string name, string routeKey, NamedModels named)
        => named.IsRouted
            ? ModelRouter.ChooseByWeight(named.Candidates, routeKey.Length == 0 ? random.NextDouble() : ModelRouter.ComputePoint(name, routeKey))
            : named.FindFirst();

    private ModelIndex GetIndex()
    {
        var told = directives.Current;
        var known = catalog.Models;
        var current = fleet.Current;
        var index = Volatile.Read(ref _index);
        if (!index.IsCurrentFor(current, told, known))
        {
            // Two requests may both make it; they make the same.
            index = new ModelIndex(current, told, known);
            Volatile.Write(ref _index, index);
        }

        return index;
    }
}
