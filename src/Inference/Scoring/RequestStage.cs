namespace Reranker.Inference.Scoring;

/// <summary>Where the unfinished pairs of a request are.</summary>
public enum RequestStage
{
    /// <summary>There are none.</summary>
    Absent,

    /// <summary>At least one waits.</summary>
    Waiting,

    /// <summary>All of them are on the device.</summary>
    Running,
}
