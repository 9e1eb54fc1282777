using Reranker.Gateway.ApiDocs;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Http;
using Reranker.Gateway.Tenants;

namespace Reranker.Gateway.Admin;

/// <summary>What this gateway has done for each tenant.</summary>
internal static class UsageEndpoints
{
    // The smallest share that a lease grants has six.
    private const int ShareDigits = 6;

    /// <summary>Maps <c>GET /admin/usage</c>.</summary>
    public static void MapUsage(this IEndpointRouteBuilder admin) =>
        admin.MapGetAndHead("/usage", static (HttpRequest request, UsageBook usage, QuotaShares shares, KeyRingSource keys) =>
        {
            var minutes = ReadMinutes(request);
            var tenants = keys.Current.Tenants;
            return AdminResults.CreateReply(new
            {
                Scope = "gateway",
                shares.Gateways,
                shares.IsLeased,
                Since = usage.Started,
                WindowMinutes = minutes,
                Tenants = usage.Read(minutes).Select(page => new
                {
                    page.Tenant,
                    Limits = tenants.TryGetValue(page.Tenant, out var limits) && limits.IsAny
                        ? DescribeLimits(limits, shares.FindShare(page.Tenant))
                        : null,
                    SinceStart = page.Total,
                    Window = page.Recent,
                }),
            });
        }).WithMetadata(ApiOperation.FromName("admin-usage"));

    // What is no limit is left out.
    private static object DescribeLimits(TenantLimits limits, double share) => new
    {
        TokensPerMinute = limits.TokensPerMinute > 0 ? limits.TokensPerMinute : (long?)null,
        TokenBurst = limits.TokensPerMinute > 0 ? limits.TokenBurst : (long?)null,
        MaxConcurrentRequests = limits.MaxConcurrentRequests > 0 ? limits.MaxConcurrentRequests : (int?)null,
        Share = Math.Round(share, ShareDigits),
    };

    // Read here and not by the route's binding, which answers a wrong value without a word.
    private static int ReadMinutes(HttpRequest request) =>
        !request.Query.TryGetValue("minutes", out var text) ? UsageBook.MaxMinutes
        : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= UsageBook.MaxMinutes ? minutes
        : throw new RequestFormatException(GatewayError.CreateInvalid($"'minutes' must be a whole number from 1 to {UsageBook.MaxMinutes}.", "minutes"));
}
