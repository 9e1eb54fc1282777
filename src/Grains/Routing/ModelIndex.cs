using Reranker.Grains.Fleet;
using Reranker.Grains.Models;

namespace Reranker.Grains.Routing;

/// <summary>
/// What every name and identity stands for, as long as the fleet, the directives and the catalog are the same: made once for many
/// requests. Which workers take work changes between, and is not in it.
/// </summary>
internal sealed class ModelIndex
{
    private readonly FleetSnapshot _fleet;
    private readonly ModelDirectives _told;
    private readonly IReadOnlyList<CatalogModel> _catalog;
    private readonly Dictionary<string, NamedModels> _names = new(StringComparer.Ordinal);

    /// <summary>Makes the index; models that are retired are not in it.</summary>
    public ModelIndex(FleetSnapshot fleet, ModelDirectives told, IReadOnlyList<CatalogModel> catalog)
    {
        (_fleet, _told, _catalog) = (fleet, told, catalog);
        CatalogModel[] known = [.. catalog.Where(m => !told.IsRetired(m.Identity))];
        var served = fleet.Models.Where(m => !told.IsRetired(m.Identity));
        foreach (var text in known.SelectMany(m => (string[])[m.Name, m.Identity]).Concat(served.SelectMany(m => (string[])[m.Name, m.Identity])).Distinct())
        {
            _names.Add(text, NamedModels.FindByNameOrIdentity(text, known, fleet, told));
        }
    }

    /// <summary>True while it says what these say.</summary>
    public bool IsCurrentFor(FleetSnapshot fleet, ModelDirectives told, IReadOnlyList<CatalogModel> catalog)
        => ReferenceEquals(_fleet, fleet) && ReferenceEquals(_told, told) && ReferenceEquals(_catalog, catalog);

    /// <summary>What a name or an identity stands for; null when neither this silo nor the fleet knows it.</summary>
    public NamedModels? FindModels(string text) => _names.GetValueOrDefault(text);
}
