using System.Diagnostics.Metrics;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>What a silo reports of its membership.</summary>
public static class ClusterTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Reranker.Cluster";

    private static readonly Meter Meter = new(Name);

    private static readonly Gauge<double> StoreOffset = Meter.CreateGauge<double>(
        "reranker.cluster.clock.store_offset", "s", "How far the membership store's clock is ahead of this machine's.");

    private static readonly Gauge<double> MemberOffset = Meter.CreateGauge<double>(
        "reranker.cluster.clock.member_offset", "s", "How far that member's clock is ahead of this machine's which differs most, give or take some seconds.");

    private static readonly Gauge<int> ClockWrong = Meter.CreateGauge<int>(
        "reranker.cluster.clock.wrong", null, "1 when this machine's clock is the one that is wrong.");

    /// <summary>1 while the membership store has lost the cluster.</summary>
    internal static readonly Gauge<int> Lost = Meter.CreateGauge<int>(
        "reranker.cluster.membership.lost", null, "1 while the membership store has lost the entries of this cluster.");

    /// <summary>1 while the membership store does not answer.</summary>
    internal static readonly Gauge<int> Unreachable = Meter.CreateGauge<int>(
        "reranker.cluster.membership.unreachable", null, "1 while the membership store does not answer this silo.");

    /// <summary>How often this silo wrote entries again.</summary>
    internal static readonly Counter<long> Restored = Meter.CreateCounter<long>(
        "reranker.cluster.membership.restored", "{entry}", "Entries that this silo wrote again because the membership store had lost them.");

    internal static void RecordVerdict(ClockVerdict verdict)
    {
        if (verdict.Store is { } store)
        {
            StoreOffset.Record(store.Ahead.TotalSeconds);
        }

        MemberOffset.Record(verdict.Members.Values.Select(static m => m.Ahead.TotalSeconds).DefaultIfEmpty().MaxBy(Math.Abs));
        ClockWrong.Record(verdict.IsOwnWrong ? 1 : 0);
    }
}
