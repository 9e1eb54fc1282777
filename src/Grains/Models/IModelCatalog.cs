namespace Reranker.Grains.Models;

/// <summary>
/// The models whose requests this silo can read. It needs no device for that: a silo without workers tokenizes for the
/// workers of others.
/// </summary>
public interface IModelCatalog
{
    /// <summary>The models in the order of configuration; the first is the default. Complete before the silo joins.</summary>
    IReadOnlyList<CatalogModel> Models { get; }
}
