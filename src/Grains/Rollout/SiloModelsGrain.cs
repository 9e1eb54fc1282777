using Orleans.Concurrency;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;

namespace Reranker.Grains.Rollout;

/// <summary>Speaks for the reconciler of its silo.</summary>
[PinnedToSilo, Reentrant, KeepAlive, Orleans.Placement.Immovable]
internal sealed class SiloModelsGrain(DirectivesCell directives, ModelReconciler reconciler, FleetView fleet) : Grain, ISiloModelsGrain
{
    /// <inheritdoc/>
    public Task<SiloModels> GetAsync(CancellationToken cancellationToken) => Task.FromResult(reconciler.Describe());

    /// <inheritdoc/>
    public Task<SiloModels> ApplyAsync(ModelDirectives newer, CancellationToken cancellationToken)
    {
        directives.Adopt(newer);
        return Task.FromResult(reconciler.Describe());
    }

    /// <inheritdoc/>
    public Task LearnAsync(string silo, CancellationToken cancellationToken)
        => WorkerKey.TryParseSilo(silo, out var address) ? fleet.DescribeAsync(address, cancellationToken) : Task.CompletedTask;
}
