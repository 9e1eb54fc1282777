using Reranker.Inference.Batching;
using Reranker.Inference.Costs;

namespace Reranker.Simulation.Queues;

/// <summary>The product's queue and batch former as they are.</summary>
internal sealed class OurQueue(ModelQueue queue, ICostModel cost, BatchLimits limits) : IWorkQueue
{
    private readonly IBatchFormer _former = BatchFormers.CreateFormer(cost, limits.MaxPairs);

    /// <inheritdoc/>
    public long WaitingTokens => queue.WaitingTokens;

    /// <inheritdoc/>
    public bool TryAdd(QueuedItem work, DeviceForecast device) => queue.TryAdd(work, device);

    /// <inheritdoc/>
    public void FormBatch(Batch batch) => _former.FormBatch(queue, batch, limits);

    /// <inheritdoc/>
    public void ForgetItem(QueuedItem work) => queue.ForgetItem(work);

    /// <inheritdoc/>
    public void EndExpired() => queue.EndExpiredItems();
}
