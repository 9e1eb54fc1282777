namespace Reranker.Inference.Engines;

/// <summary>A part of an engine's start.</summary>
public enum StartPhase
{
    /// <summary>The graph is read, its weights go to the device, and the runtime prepares it.</summary>
    Open,

    /// <summary>The batch that needs the most memory runs. With it come libraries and kernels that a first run loads.</summary>
    LargestBatch,

    /// <summary>The fastest kernels of matrix products are chosen.</summary>
    Products,

    /// <summary>The model's probes run.</summary>
    Probes,

    /// <summary>Small batches are captured and compared with plain runs.</summary>
    Capture,

    /// <summary>Batches are timed for the cost table.</summary>
    Costs,

    /// <summary>The cost table meets batches of natural lengths.</summary>
    Rehearsal,
}
