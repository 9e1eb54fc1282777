using Reranker.Client.Connection;
using Reranker.Models;

namespace Reranker.Client.Fleet;

/// <summary>Calls the one grain that takes commands.</summary>
internal sealed class ModelAdminClient(IGrainFactory grains, TimeProvider time) : IModelAdmin
{
    // It asks every silo twice, with two seconds each by default; after a silo died it may have to move first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task<ModelAdminReply> GetModelsAsync(CancellationToken cancellationToken)
        => CallGrainAsync((grain, token) => grain.GetModelsAsync(token), cancellationToken);

    public Task<ModelAdminReply> LoadModelAsync(LoadModel command, CancellationToken cancellationToken)
        => CallGrainAsync((grain, token) => grain.LoadModelAsync(command, token), cancellationToken);

    public Task<ModelAdminReply> UnloadModelAsync(UnloadModel command, CancellationToken cancellationToken)
        => CallGrainAsync((grain, token) => grain.UnloadModelAsync(command, token), cancellationToken);

    public Task<ModelAdminReply> SetSharesAsync(RouteModel command, CancellationToken cancellationToken)
        => CallGrainAsync((grain, token) => grain.SetSharesAsync(command, token), cancellationToken);

    private async Task<ModelAdminReply> CallGrainAsync(
        Func<IModelAdminGrain, CancellationToken, Task<ModelAdminReply>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(grains.GetReachableGrain<IModelAdminGrain>(0), cancellationToken)
                .WaitAsync(Patience, time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw FleetFaults.CreateUnanswered(exception);
        }
    }
}
