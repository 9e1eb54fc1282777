using Orleans.Runtime.Placement;

namespace Reranker.Grains.Placement;

/// <summary>Reads the silo from the grain's key, and fails at once when that silo is not active.</summary>
internal sealed class PinnedToSiloDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString() ?? "";
        if (WorkerKey.TryParseSilo(key, out var wanted))
        {
            foreach (var silo in context.GetCompatibleSilos(target))
            {
                if (silo.Equals(wanted))
                {
                    return Task.FromResult(silo);
                }
            }
        }

        return Task.FromException<SiloAddress>(new WorkerHostGoneException(key));
    }
}
