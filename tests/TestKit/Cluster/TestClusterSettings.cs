using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;

namespace Reranker.TestKit.Cluster;

/// <summary>What a test cluster is made of.</summary>
public sealed record TestClusterSettings
{
    /// <summary>The workers of each silo; an empty list makes a silo without workers.</summary>
    public required IReadOnlyList<IReadOnlyList<FakeScoringWorker>> Silos { get; init; }

    /// <summary>The models every silo can read.</summary>
    public IReadOnlyList<CatalogModel> Catalog { get; init; } = [FakeModel.Default.ToCatalog()];

    /// <summary>Models that may be loaded, by the name of their folder.</summary>
    public IReadOnlyDictionary<string, FakeModel> Shelf { get; init; } = new Dictionary<string, FakeModel>();

    /// <summary>Changes to the dispatch options; the seed is fixed before.</summary>
    public Action<DispatchOptions> Dispatch { get; init; } = o => o.Seed = 1;

    /// <summary>Changes to the services of every silo.</summary>
    public Action<IServiceCollection> Services { get; init; } = _ => { };

    /// <summary>The admin secret of a silo, by its place in the order of starting; null for a silo without one.</summary>
    public Func<int, string?> AdminSecret { get; init; } = static _ => RerankerTestCluster.AdminSecret;

    /// <summary>Changes to the fleet options.</summary>
    public Action<FleetOptions> Fleet { get; init; } = _ => { };
}
