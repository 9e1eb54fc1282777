namespace Reranker.Attempts;

/// <summary>
/// How an overdue attempt stands, as far as the process that has it says. Gateways ask the silo of a request, and silos the worker of
/// a sub-batch, in the same words.
/// </summary>
internal enum AttemptStanding
{
    /// <summary>It waits for its turn, or runs no longer than it may: nothing is wrong but the estimate.</summary>
    Waiting,

    /// <summary>The run that has it, or that it waits behind, takes far too long.</summary>
    Stuck,

    /// <summary>Whoever answers does not have it.</summary>
    Absent,

    /// <summary>Nobody answers for it.</summary>
    Silent,
}
