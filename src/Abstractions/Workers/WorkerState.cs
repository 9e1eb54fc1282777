namespace Reranker.Workers;

/// <summary>What a worker does with new work.</summary>
[GenerateSerializer, Alias("reranker.worker-state")]
public enum WorkerState
{
    /// <summary>Not heard of yet.</summary>
    Unknown = 0,

    /// <summary>Takes work.</summary>
    Ready = 1,

    /// <summary>Takes no more: it finishes what it has, or its device fails whatever it is given and is tried again later.</summary>
    Draining = 2,

    /// <summary>Its device is lost.</summary>
    Lost = 3,
}
