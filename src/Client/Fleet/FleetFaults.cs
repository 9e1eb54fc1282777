using Reranker.Client.Connection;
using Reranker.Requests;

namespace Reranker.Client.Fleet;

/// <summary>What a caller is told when no silo answers a question about the fleet.</summary>
internal static class FleetFaults
{
    /// <summary>The exception for the caller.</summary>
    /// <param name="cause">What the transport threw.</param>
    public static RerankException CreateUnanswered(Exception cause)
        => new(RerankOutcome.Unavailable, "No node of the cluster answered.", ClusterContact.RetryAfter, cause);
}
