namespace Reranker.Gateway.Tenants;

/// <summary>Why a tenant's own limits refuse a request.</summary>
/// <param name="Reason">A sentence for the caller.</param>
/// <param name="RetryAfter">When to try again.</param>
internal sealed record QuotaRefusal(string Reason, TimeSpan RetryAfter);
