using Orleans.Concurrency;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>
/// Takes requests for one shard key on this silo. One reentrant activation a key: with more, Orleans loses
/// cancellations and piles calls on the first.
/// </summary>
[StatelessWorker(1, false), Reentrant, KeepAlive]
internal sealed class RerankGrain(RequestExecutor executor, RunningParts parts) : Grain, IRerankGrain, IShardWarmUp
{
    /// <inheritdoc/>
    public Task<RerankReply> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
        => executor.RunAsync(request, cancellationToken);

    /// <inheritdoc/>
    public Task<string> ConfirmPresenceAsync(CancellationToken cancellationToken) => Task.FromResult(executor.Silo);

    /// <inheritdoc/>
    public Task<RerankParts> AwaitPartsAsync(Guid partsId, CancellationToken cancellationToken)
        => parts.AwaitPartsAsync(partsId, cancellationToken);

    /// <inheritdoc/>
    public Task WarmAsync() => Task.CompletedTask;
}
