using Orleans.Concurrency;
using Reranker.Grains.Fleet;
using Reranker.Grains.Models;
using Reranker.Grains.Placement;

namespace Reranker.Grains.Rollout;

/// <summary>Speaks for the reconciler of its silo.</summary>
[PinnedToSilo, Reentrant, KeepAlive, Orleans.Placement.Immovable]
internal sealed class SiloModelsGrain(DirectiveStore directives, ModelReconciler reconciler, FleetView fleet) : Grain, ISiloModelsGrain
{
    /// <inheritdoc/>
    public Task<SiloModels> GetModelsAsync(CancellationToken cancellationToken) => Task.FromResult(reconciler.DescribeModels());

    /// <inheritdoc/>
    public Task<SiloModels> ApplyDirectivesAsync(ModelDirectives newer, CancellationToken cancellationToken)
    {
        directives.AdoptNewerEntries(newer);
        return Task.FromResult(reconciler.DescribeModels());
    }

    /// <inheritdoc/>
    public Task LearnSiloAsync(string silo, CancellationToken cancellationToken)
        => WorkerKey.TryParseSilo(silo, out var address) ? fleet.LearnSiloAsync(address, cancellationToken) : Task.CompletedTask;
}
