namespace Reranker.Inference.Scoring;

/// <summary>How much of a worker work gets beside that of others.</summary>
public enum PriorityClass
{
    /// <summary>Like most.</summary>
    Normal,

    /// <summary>Four times as much.</summary>
    High,

    /// <summary>A sixteenth, and all that the others leave.</summary>
    Low,
}
