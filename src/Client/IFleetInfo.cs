using Reranker.Fleet;

namespace Reranker.Client;

/// <summary>What a client may know of the fleet.</summary>
public interface IFleetInfo
{
    /// <summary>
    /// False from the moment on at which no connection to a silo stands any more, or several silos left <see cref="GetFleetAsync"/>
    /// without an answer and nobody else was heard of, until a silo answers again.
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
