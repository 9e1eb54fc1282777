using Reranker.Fleet;

namespace Reranker.Client;

/// <summary>What a client can know of the fleet: whether it answers, how busy it is, and which models and workers it has.</summary>
public interface IFleetInfo
{
    /// <summary>
    /// Whether a silo can be reached. It becomes false when the last connection to a silo is lost, or when several silos leave
    /// <see cref="GetFleetAsync"/> without an answer and no other silo is heard of. It becomes true when a silo answers again.
    /// </summary>
    bool IsReachable { get; }

    /// <summary>The newest hint of a model that came with a reply or with <see cref="GetFleetAsync"/>; null before the first.</summary>
    /// <param name="model">Name or identity of the model; null is the fleet's default model.</param>
    FleetHint? FindHint(string? model = null);

    /// <summary>Models, workers and limits of the fleet, at most <see cref="RerankerClientOptions.FleetCacheTime"/> old.</summary>
    /// <exception cref="RerankException">No silo answered in time (<see cref="Requests.RerankOutcome.Unavailable"/>).</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<FleetInfo> GetFleetAsync(CancellationToken cancellationToken = default);
}
