using Reranker.Grains.Fleet;
using Reranker.Grains.Models;

namespace Reranker.Grains.Routing;

/// <summary>What one name or identity may stand for.</summary>
/// <param name="Precision">The precision of the first model that is meant; null when this silo reads none of them.</param>
/// <param name="IsRouted">True when shares are set for the name.</param>
/// <param name="Candidates">The models that somebody serves, in the catalog's order.</param>
internal sealed record NamedModels(string? Precision, bool IsRouted, ModelCandidate[] Candidates)
{
    /// <summary>Finds what a text stands for.</summary>
    public static NamedModels FindByNameOrIdentity(string text, CatalogModel[] catalog, FleetSnapshot fleet, ModelDirectives told)
    {
        var meant = Array.FindAll(catalog, m => m.Identity == text || m.Name == text);
        var route = told.FindRoute(text);
        var candidates =
            from model in meant
            let served = fleet.FindModel(model.Identity)
            where served is not null
            select new ModelCandidate(model, served, route is null ? 0 : told.FindWeight(text, model.Identity) ?? 0);
        return new NamedModels(meant.Length > 0 ? meant[0].Manifest.Precision : null, route is not null, [.. candidates]);
    }

    /// <summary>The candidate of an identity that takes work; null when there is none.</summary>
    public ModelCandidate? FindIdentity(string identity)
    {
        foreach (var candidate in Candidates)
        {
            if (candidate.Model.Identity == identity && candidate.Served.IsReady)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The first candidate that takes work and has the precision that is meant: changing it is nothing to do silently.</summary>
    public ModelCandidate? FindFirst()
    {
        foreach (var candidate in Candidates)
        {
            if (candidate.Model.Manifest.Precision == Precision && candidate.Served.IsReady)
            {
                return candidate;
            }
        }

        return null;
    }
}
