namespace Reranker.FrozenWire;

[Alias("reranker.model-admin")]
internal interface IModelAdminGrain : IGrainWithIntegerKey
{
    [Alias("get")]
    Task<ModelAdminReply> GetAsync(CancellationToken cancellationToken);
    [Alias("load")]
    Task<ModelAdminReply> LoadAsync(LoadModel command, CancellationToken cancellationToken);
    [Alias("unload")]
    Task<ModelAdminReply> UnloadAsync(UnloadModel command, CancellationToken cancellationToken);
    [Alias("route")]
    Task<ModelAdminReply> RouteAsync(RouteModel command, CancellationToken cancellationToken);
}
