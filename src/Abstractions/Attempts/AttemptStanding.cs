namespace Reranker.Attempts;

/// <summary>
/// How an overdue attempt stands, by the answer of the process that has it. Gateways ask the silo that has a request, and silos ask the
/// worker that has a sub-batch; both use these words.
/// </summary>
internal enum AttemptStanding
{
    /// <summary>It waits for its turn, or runs no longer than it may: only the estimate was wrong.</summary>
    Waiting,

    /// <summary>The run that has it, or that it waits behind, takes far too long.</summary>
    Stuck,

    /// <summary>The process that answers does not have it.</summary>
    Absent,

    /// <summary>The question got no answer in time.</summary>
    Silent,
}
