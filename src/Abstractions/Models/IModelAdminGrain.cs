namespace Reranker.Models;

/// <summary>
/// Changes which models the fleet serves while it runs. The key is 0. Every silo carries out what it is told by itself;
/// replies say how far each is. What is changed here lasts as long as one silo of the cluster does. Every call shows the
/// cluster's admin secret (<see cref="Administration.AdminCredential"/>); without it the reply is <see cref="ModelAdminOutcome.Forbidden"/>.
/// </summary>
[Alias("reranker.model-admin")]
public interface IModelAdminGrain : IGrainWithIntegerKey
{
    /// <summary>The models of all silos as they are now.</summary>
    [Alias("get")]
    Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken);

    /// <summary>Has every silo load a model folder. It gets no request of a name that others serve before it is given a share.</summary>
    [Alias("load")]
    Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken);

    /// <summary>Gives a model no more requests, and has every silo unload it when the last of its requests has ended.</summary>
    [Alias("unload")]
    Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken);

    /// <summary>Sets the shares of the identities that serve one name.</summary>
    [Alias("route")]
    Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken);
}
