namespace Reranker.Fleet;

/// <summary>Describes the fleet to the edge: models, limits, readiness. The key is one of <see cref="FleetInfoKeys"/>; every one gives the same answer.</summary>
[Alias("reranker.fleet-info")]
public interface IFleetInfoGrain : IGrainWithIntegerKey
{
    /// <summary>The fleet as the answering silo sees it now.</summary>
    [Alias("get")]
    Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken);
}
