namespace Reranker.Inference.Batching;

/// <summary>Takes a batch out of a queue. One instance a lane; not thread-safe.</summary>
internal interface IBatchFormer
{
    /// <summary>True when it looks at more pairs than it takes, and puts the others back.</summary>
    bool GivesBack { get; }

    /// <summary>Fills the empty batch; leaves it empty when nothing waits.</summary>
    void FormBatch(ModelQueue queue, Batch batch, BatchLimits limits);
}
