using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Quotas;

namespace Reranker.Gateway.Tenants;

/// <summary>
/// This gateway's parts of the tenants' limits: what the last lease says until its term is over, and an equal part of the number of
/// gateways that was known then afterwards. Thread-safe.
/// </summary>
internal sealed class QuotaShares(IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly int _minGateways = options.Value.MinGateways;
    private volatile Lease? _lease;

    /// <summary>Whether a lease of the cluster holds.</summary>
    public bool IsLeased => _lease is { } lease && time.GetElapsedTime(lease.Sent) < lease.Term;

    /// <summary>Whether the cluster has ever granted one.</summary>
    public bool WasLeased => _lease is not null;

    /// <summary>Gateways by which an equal part is divided.</summary>
    public int Gateways => _lease is not { } lease ? _minGateways : IsLeased ? lease.Gateways : Math.Max(lease.Gateways, _minGateways);

    /// <summary>The tenants whose part is not an equal one.</summary>
    public IEnumerable<string> NamedTenants => IsLeased ? _lease!.Shares.Keys : [];

    /// <summary>This gateway's part of a tenant's limits, above 0 and at most 1.</summary>
    public double FindShare(string tenant) =>
        IsLeased && _lease!.Shares.TryGetValue(tenant, out var share) ? share : 1.0 / Gateways;

    /// <summary>Takes a lease in.</summary>
    /// <param name="reply">What the cluster granted.</param>
    /// <param name="sent">Timestamp at which it was asked for: the term runs from there.</param>
    public void TakeLease(QuotaLeaseReply reply, long sent) => _lease = new Lease(
        reply.Shares.ToFrozenDictionary(static share => share.Tenant, static share => Math.Clamp(share.Share, 1e-6, 1), StringComparer.Ordinal),
        Math.Max(1, reply.Gateways),
        TimeSpan.FromMilliseconds(reply.TermMilliseconds),
        sent);

    private sealed record Lease(FrozenDictionary<string, double> Shares, int Gateways, TimeSpan Term, long Sent);
}
