namespace Reranker.Grains.Dispatch;

/// <summary>How an attempt without an answer stands, as far as its worker says.</summary>
internal enum Standing
{
    /// <summary>It waits for its turn, or runs no longer than it may: nothing is wrong but the estimate.</summary>
    Waiting,

    /// <summary>The run that has it, or that it waits behind, takes far too long.</summary>
    Stuck,

    /// <summary>The worker does not have it.</summary>
    Absent,

    /// <summary>The worker's silo does not answer.</summary>
    Silent,
}
