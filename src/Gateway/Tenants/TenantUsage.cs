namespace Reranker.Gateway.Tenants;

/// <summary>What was done for one tenant.</summary>
/// <param name="Requests">Requests that were scored.</param>
/// <param name="RefusedRequests">Requests that the tenant's own limits refused.</param>
/// <param name="FailedRequests">Requests that ended without scores for another reason.</param>
/// <param name="Pairs">Pairs that were scored.</param>
/// <param name="Tokens">Tokens that the model read for them.</param>
internal readonly record struct TenantUsage(long Requests, long RefusedRequests, long FailedRequests, long Pairs, long Tokens)
{
    public static TenantUsage operator +(TenantUsage left, TenantUsage right) => new(
        left.Requests + right.Requests,
        left.RefusedRequests + right.RefusedRequests,
        left.FailedRequests + right.FailedRequests,
        left.Pairs + right.Pairs,
        left.Tokens + right.Tokens);
}
