using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Bounds the requests that are parsed and scored at once. A request has a permit neither while its body comes nor while its
/// reply goes: how long these take is the caller's doing.
/// </summary>
internal sealed class RequestPermits(IOptions<GatewayOptions> options)
{
    private readonly TenantBudget _permits = new(options.Value.MaxConcurrentRequests);

    /// <summary>A permit to dispose, or null when the tenant has its share.</summary>
    public BudgetLease? TryTake(string tenant)
    {
        var permit = _permits.OpenLease(tenant);
        return permit.TryGrow(1) ? permit : null;
    }
}
