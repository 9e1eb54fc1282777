namespace Reranker.Grains.Models;

/// <summary>
/// The models whose requests this silo can read. It needs no device for that: a silo without workers tokenizes for the
/// workers of others.
/// </summary>
public interface IModelCatalog
{
    /// <summary>Name of the model that answers requests without one; null before the silo has any model.</summary>
    string? DefaultName { get; }

    /// <summary>The models in the order of configuration, then those loaded since. Those of the configuration are there before the silo joins. A list is never changed; what changes is which one is given.</summary>
    IReadOnlyList<CatalogModel> Models { get; }
}
