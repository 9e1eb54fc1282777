using Reranker.Quotas;

namespace Reranker.Grains.Quotas;

/// <summary>
/// Who has which part of the tenants' limits. A gateway is granted no more than the others leave, by the most that they may be using:
/// one that shall have less keeps what it has in this account until it has asked again, or its term is over. What is wanted
/// decides, but for <see cref="EvenPart"/>, which all have alike, so that a tenant that turns to another gateway is served there at once.
/// Not thread-safe.
/// </summary>
internal sealed class QuotaLedger(TimeProvider time)
{
    /// <summary>How long a gateway may use what it was granted. Longer than a silo takes to be missed is not needed: then equal shares hold.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(10);

    /// <summary>The part of a limit that is shared alike, whoever wants it. It is also the most by which shares may exceed a limit.</summary>
    public const double EvenPart = 0.05;

    /// <summary>Most gateways that are told apart.</summary>
    public const int MaxGateways = 1024;

    // Names come from configurations, and a caller may still send any number of them.
    private const int MaxTenants = 16 * 1024;

    private const double Rounding = 1e-9;

    private readonly Dictionary<Guid, GatewayShares> _gateways = [];
    private readonly Dictionary<string, long> _wanted = new(StringComparer.Ordinal);
    private readonly long _started = time.GetTimestamp();

    /// <summary>Takes in what a gateway has and wants, and grants it its shares.</summary>
    public QuotaLeaseReply RenewLease(QuotaLeaseRequest request)
    {
        var now = time.GetTimestamp();
        ForgetSilentGateways(now);
        if (!_gateways.TryGetValue(request.Gateway, out var gateway))
        {
            gateway = new GatewayShares();
            if (_gateways.Count < MaxGateways)
            {
                _gateways.Add(request.Gateway, gateway);
            }
        }

        TakeReport(gateway, request, now);
        var count = CountGateways(now);
        var shares = new List<QuotaShare>(_wanted.Count);
        foreach (var tenant in _wanted.Keys)
        {
            shares.Add(new QuotaShare { Tenant = tenant, Share = GrantShare(gateway, tenant, count, now) });
        }

        gateway.EqualShare = Math.Max(gateway.EqualShare, 1.0 / count);
        ForgetUnwantedTenants(count, now);
        return new QuotaLeaseReply { TermMilliseconds = (int)Term.TotalMilliseconds, Gateways = count, Shares = [.. shares] };
    }

    // What a gateway was granted holds from when it sent its request, which was before it came here.
    private void ForgetSilentGateways(long now)
    {
        foreach (var (id, gateway) in _gateways)
        {
            if (time.GetElapsedTime(gateway.Seen, now) > Term)
            {
                _gateways.Remove(id);
            }
        }
    }

    private void TakeReport(GatewayShares gateway, QuotaLeaseRequest request, long now)
    {
        gateway.Seen = now;
        gateway.KnownGateways = Math.Clamp(request.KnownGateways, 0, MaxGateways);
        gateway.EqualShare = gateway.KnownGateways > 0 ? 1.0 / gateway.KnownGateways : 0;
        gateway.Tenants.Clear();
        foreach (var demand in request.Demands)
        {
            var wants = double.IsFinite(demand.TokensPerSecond) ? Math.Max(0, demand.TokensPerSecond) : 0;
            var holds = double.IsNaN(demand.HeldShare) ? 1 : Math.Clamp(demand.HeldShare, 0, 1);
            var isEven = wants <= 0 && holds <= gateway.EqualShare + Rounding;
            if (!_wanted.ContainsKey(demand.Tenant) && (isEven || _wanted.Count >= MaxTenants || !_wanted.TryAdd(demand.Tenant, now)))
            {
                continue;
            }

            gateway.Tenants[demand.Tenant] = new TenantHolding(wants, holds);
            if (wants > 0)
            {
                _wanted[demand.Tenant] = now;
            }
        }
    }

    // After a loss of this account gateways are counted by what they remember, until all of them have had the time to ask.
    private int CountGateways(long now) => Math.Max(1, IsIncomplete(now, out var remembered) ? remembered : _gateways.Count);

    private double GrantShare(GatewayShares gateway, string tenant, int count, long now)
    {
        double demand = 0, others = 0;
        foreach (var other in _gateways.Values)
        {
            demand += other.FindDemand(tenant);
            others += ReferenceEquals(other, gateway) ? 0 : other.FindHeld(tenant);
        }

        var even = EvenPart / count;
        var wanted = gateway.FindDemand(tenant);
        var target = demand > 0 ? ((1 - EvenPart) * wanted / demand) + even : 1.0 / count;
        var held = gateway.FindHeld(tenant);
        if (IsIncomplete(now, out _))
        {
            // Others may hold what they have not yet said. A gateway that has never had anything starts with an equal share.
            target = Math.Min(target, gateway.KnownGateways == 0 ? 1.0 / count : held);
        }

        var share = Math.Max(Math.Min(target, 1 - others), even);
        gateway.Tenants[tenant] = new TenantHolding(wanted, Math.Max(held, share));
        return share;
    }

    // A tenant that nobody wants has equal shares at last, and then needs no entry.
    private void ForgetUnwantedTenants(int count, long now)
    {
        foreach (var (tenant, wanted) in _wanted)
        {
            var isOver = time.GetElapsedTime(wanted, now) > Term
                && _gateways.Values.All(gateway => gateway.FindDemand(tenant) <= 0 && gateway.FindHeld(tenant) <= (1.0 / count) + Rounding);
            if (isOver)
            {
                _wanted.Remove(tenant);
                foreach (var gateway in _gateways.Values)
                {
                    gateway.Tenants.Remove(tenant);
                }
            }
        }
    }

    // The account was lost, and somebody remembers more gateways than have asked since.
    private bool IsIncomplete(long now, out int remembered)
    {
        remembered = _gateways.Values.Select(static gateway => gateway.KnownGateways).DefaultIfEmpty(0).Max();
        return time.GetElapsedTime(_started, now) < Term && _gateways.Count < remembered;
    }
}
