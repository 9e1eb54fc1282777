using Reranker.Administration;
using Reranker.Models;

namespace Reranker.TestKit.Cluster;

/// <summary>The administration as a caller sees it who shows a secret.</summary>
public sealed class AdminWithSecret(IModelAdminGrain admin, string secret) : IModelAdminGrain
{
    /// <inheritdoc/>
    public Task<ModelAdminReply> GetAsync(CancellationToken cancellationToken) => ShowAsync(() => admin.GetAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> LoadAsync(LoadModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.LoadAsync(command, cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> UnloadAsync(UnloadModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.UnloadAsync(command, cancellationToken));

    /// <inheritdoc/>
    public Task<ModelAdminReply> RouteAsync(RouteModel command, CancellationToken cancellationToken)
        => ShowAsync(() => admin.RouteAsync(command, cancellationToken));

    // In a method of its own, so that the secret goes with this call alone.
    private async Task<ModelAdminReply> ShowAsync(Func<Task<ModelAdminReply>> call)
    {
        AdminCredential.Show(secret);
        return await call();
    }
}
