using Reranker.Models;

namespace Reranker.Client;

/// <summary>
/// Changes which models the fleet serves while it runs. Each call returns when the silos were told; how far they are is in
/// the reply and in those of <see cref="GetModelsAsync"/>. The connection shows the cluster's admin secret
/// (<see cref="Connection.ClusterConnection.WithAdminSecret"/>); without it every reply is <see cref="ModelAdminOutcome.Forbidden"/>.
/// </summary>
public interface IModelAdmin
{
    /// <summary>The models of all silos as they are now.</summary>
    /// <exception cref="RerankException">No silo answered in time (<see cref="Requests.RerankOutcome.Unavailable"/>); so does every call.</exception>
    Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken = default);

    /// <summary>Has every silo load a model folder. It gets no request of a name that others serve before it is given a share.</summary>
    /// <exception cref="RerankException">No silo answered in time.</exception>
    Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken = default);

    /// <summary>Gives a model no more requests, and has every silo unload it when the last of its requests has ended.</summary>
    /// <exception cref="RerankException">No silo answered in time.</exception>
    Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken = default);

    /// <summary>Sets the shares of the identities that serve one name.</summary>
    /// <exception cref="RerankException">No silo answered in time.</exception>
    Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken = default);
}
