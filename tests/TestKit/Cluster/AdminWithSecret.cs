using Reranker.Administration;
using Reranker.Models;

namespace Reranker.TestKit.Cluster;

/// <summary>The administration as a caller sees it who shows a secret.</summary>
public sealed class AdminWithSecret(IModelAdminGrain admin, string secret) : IModelAdminGrain
{
    /// <inheritdoc/>
    public Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken) => ShowAsync(() => admin.GetModelsAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.LoadModelAsync(command, cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.UnloadModelAsync(command, cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.SetSharesAsync(command, cancellationToken));

    // In a method of its own, so that the secret goes with this call alone.
    private async Task<ModelAdminReply> ShowAsync(Func<Task<ModelAdminReply>> call)
    {
        AdminCredential.AttachSecret(secret);
        return await call();
    }
}
