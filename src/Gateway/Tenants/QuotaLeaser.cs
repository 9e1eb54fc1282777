using Reranker.Client;
using Reranker.Client.Fleet;
using Reranker.Gateway.Logging;
using Reranker.Quotas;

namespace Reranker.Gateway.Tenants;

/// <summary>
/// Asks the cluster once a second for this gateway's parts of the tenants' limits, in one call for all of them, while any tenant has a limit.
/// </summary>
internal sealed partial class QuotaLeaser(
    IQuotaLeases leases, KeyRingSource keys, TokenQuotas quotas, QuotaShares shares, TimeProvider time, ILogger<QuotaLeaser> logger) : BackgroundService
{
    /// <summary>How often a lease is renewed; it holds for ten times as long.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Old demand counts half as much each second: a tenant's pauses between requests are not yet a rest.
    private const double KeptDemand = 0.5;
    private const double LeastDemand = 0.01;

    private readonly Guid _gateway = Guid.NewGuid();
    private readonly Dictionary<string, double> _demands = new(StringComparer.Ordinal);
    private long _measured = time.GetTimestamp();
    private bool? _wasGranted;

    /// <summary>Asks once, and gives every quota its share.</summary>
    public async Task RenewLeaseAsync(CancellationToken cancellationToken)
    {
        if (!keys.Current.HasLimits)
        {
            return;
        }

        var request = CreateRequest();
        var sent = time.GetTimestamp();
        try
        {
            var reply = await leases.RenewAsync(request, cancellationToken);
            shares.TakeLease(reply, sent);
            ReportGranted(reply.Gateways);
        }
        catch (RerankException exception)
        {
            ReportRefused(exception.InnerException ?? exception);
        }
        finally
        {
            // Also without a lease: the last one may just have ended.
            quotas.UpdateLimits();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await RenewLeaseAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private QuotaLeaseRequest CreateRequest()
    {
        UpdateDemands();
        var named = shares.NamedTenants.ToHashSet(StringComparer.Ordinal);
        named.UnionWith(_demands.Keys);
        var byTenant = quotas.ListQuotas().ToDictionary(StringComparer.Ordinal);
        return new QuotaLeaseRequest
        {
            Gateway = _gateway,
            KnownGateways = shares.WasLeased ? shares.Gateways : 0,
            Demands =
            [
                .. named.Select(tenant => new QuotaDemand
                {
                    Tenant = tenant,
                    TokensPerSecond = _demands.GetValueOrDefault(tenant),
                    HeldShare = byTenant.TryGetValue(tenant, out var quota) ? quota.HeldShare : shares.FindShare(tenant),
                }),
            ],
        };
    }

    private void UpdateDemands()
    {
        var now = time.GetTimestamp();
        var seconds = Math.Max(0.001, time.GetElapsedTime(_measured, now).TotalSeconds);
        _measured = now;
        foreach (var (tenant, quota) in quotas.ListQuotas())
        {
            var demand = (KeptDemand * _demands.GetValueOrDefault(tenant)) + ((1 - KeptDemand) * quota.TakeAskedTokens() / seconds);
            if (demand >= LeastDemand)
            {
                _demands[tenant] = demand;
            }
            else
            {
                _demands.Remove(tenant);
            }
        }
    }

    // Changes only: an outage is one line, not one a second.
    private void ReportGranted(int gateways)
    {
        if (_wasGranted != true)
        {
            _wasGranted = true;
            LogLeased(logger, gateways);
        }
    }

    private void ReportRefused(Exception cause)
    {
        if (_wasGranted != false)
        {
            _wasGranted = false;
            LogNotLeased(logger, shares.Gateways, cause.GetType().Name, cause.Message);
        }
    }

    [LoggerMessage(GatewayEventIds.QuotasLeased, LogLevel.Information, "The limits of tenants are shared out by the cluster among {Gateways} gateways")]
    private static partial void LogLeased(ILogger logger, int gateways);

    [LoggerMessage(
        GatewayEventIds.QuotasNotLeased,
        LogLevel.Warning,
        "The cluster does not share out the limits of tenants ({Exception}: {Reason}); when the last lease has ended this gateway keeps to one part in {Gateways} of them")]
    private static partial void LogNotLeased(ILogger logger, int gateways, string exception, string reason);
}
