using Reranker.Inference.Batching;

namespace Reranker.Simulation.Queues;

/// <summary>How one GPU orders its work: the part that is compared.</summary>
internal interface IWorkQueue
{
    /// <summary>Tokens that wait.</summary>
    long WaitingTokens { get; }

    /// <summary>Queues the work, or refuses it.</summary>
    bool TryAdd(QueuedItem work, DeviceForecast device);

    /// <summary>Fills the empty batch with what goes next.</summary>
    void FormBatch(Batch batch);

    /// <summary>The work has its outcome.</summary>
    void ForgetItem(QueuedItem work);

    /// <summary>Ends works that can no longer finish.</summary>
    void EndExpired();
}
