using Orleans.Concurrency;
using Orleans.Placement;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;
using Reranker.Grains.Workers;

namespace Reranker.Grains.Fleet;

/// <summary>Describes the local workers to other silos.</summary>
[PinnedToSilo, Reentrant, KeepAlive, Immovable]
internal sealed class SiloWorkersGrain(
    WorkerRegistry registry, ILocalSiloDetails silo, DirectiveStore directives) : Grain, ISiloWorkersGrain
{
    /// <inheritdoc/>
    public Task<SiloDescription> DescribeAsync(CancellationToken cancellationToken)
        => Task.FromResult(new SiloDescription { Name = silo.Name, Workers = registry.DescribeWorkers(), Directives = directives.Current });
}
