namespace Reranker.Workers;

/// <summary>What a worker does with new work.</summary>
[GenerateSerializer, Alias("reranker.worker-state")]
public enum WorkerState
{
    /// <summary>Nothing is known of it yet.</summary>
    Unknown = 0,

    /// <summary>Takes work.</summary>
    Ready = 1,

    /// <summary>Takes no more work: it finishes what it has, or its device fails every run and is tried again later.</summary>
    Draining = 2,

    /// <summary>Its device is lost.</summary>
    Lost = 3,
}
