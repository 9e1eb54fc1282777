namespace Reranker.Workers;

/// <summary>How urgent work is. Classes share a worker by weight, so that none waits for ever.</summary>
public enum WorkPriority : byte
{
    /// <summary>What nobody has said more of.</summary>
    Normal,

    /// <summary>Before others.</summary>
    High,

    /// <summary>What others leave: bulk work.</summary>
    Low,
}
