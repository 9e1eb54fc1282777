namespace Reranker.Models;

/// <summary>How a command ended.</summary>
[GenerateSerializer, Alias("reranker.model-admin-outcome")]
public enum ModelAdminOutcome
{
    /// <summary>The silos were told; the reply says how far they are.</summary>
    Done = 0,

    /// <summary>The command itself is wrong.</summary>
    Invalid = 1,

    /// <summary>There is no such model.</summary>
    NotFound = 2,

    /// <summary>It would leave requests without an answer.</summary>
    Refused = 3,

    /// <summary>The caller did not show the cluster's admin secret, or the cluster has none.</summary>
    Forbidden = 4,
}
