using Reranker.Client.Connection;
using Reranker.Requests;

namespace Reranker.Client.Attempts;

/// <summary>Responses to requests that no silo has answered.</summary>
internal static class FailureResponses
{
    /// <summary>The deadline passed here.</summary>
    public static RerankResponse CreateExpired(TimeSpan deadline) => RerankResponse.CreateFailure(
        RerankOutcome.Expired, $"The request did not finish within its deadline of {deadline.TotalMilliseconds:0} ms.");

    /// <summary>No connection to a silo stands.</summary>
    public static RerankResponse CreateUnreachable() => RerankResponse.CreateFailure(
        RerankOutcome.Unavailable, "No node of the cluster can be reached at present.", ClusterContact.RetryAfter);

    /// <summary>All attempts were lost.</summary>
    /// <param name="attempts">Attempts made.</param>
    /// <param name="fault">How the last one was lost.</param>
    public static RerankResponse CreateUnanswered(int attempts, string? fault) => RerankResponse.CreateFailure(
        RerankOutcome.Unavailable, $"No node of the cluster answered in {attempts} attempts ({fault}).", ClusterContact.RetryAfter);

    /// <summary>An attempt failed in a way that repeating it does not help.</summary>
    public static RerankResponse CreateBroken() => RerankResponse.CreateFailure(RerankOutcome.Failed, "The request failed in the cluster.");
}
