namespace Reranker.Inference.Scoring;

/// <summary>Where the unfinished pairs of a request are.</summary>
public enum WorkPlace
{
    /// <summary>There are none.</summary>
    Nowhere,

    /// <summary>At least one waits.</summary>
    Queue,

    /// <summary>All of them are on the device.</summary>
    Device,
}
