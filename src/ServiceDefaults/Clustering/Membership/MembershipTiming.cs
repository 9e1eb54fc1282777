using Orleans.Configuration;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// How fast silos find out about each other. Probes tell of a silo that is lost while others live. When all are lost there is nobody
/// who probed them, and those that come back join only when the entries of the lost ones are so old that one vote outdates them.
/// </summary>
internal static class MembershipTiming
{
    /// <summary>How often a silo says in the membership store that it lives.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How many beats a silo may miss before others may outdate its entry by a single vote. A miss alone costs nobody its place: who
    /// votes has missed three answers in a row to probes of its own as well, and had no other message.
    /// </summary>
    public const int MissedBeats = 3;

    /// <summary>How often a silo reads what the store says of all of them, beside what they tell each other.</summary>
    public static readonly TimeSpan Reading = TimeSpan.FromSeconds(5);

    public static void Apply(ClusterMembershipOptions options)
    {
        // A silo is declared dead within about 6 s instead of 13, where others that are well confirm it; of three, one must do that
        // which misses the same answers, and it takes until the entry is stale. Attempts and retries bridge the time until then.
        options.ProbeTimeout = TimeSpan.FromSeconds(2);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(6);
        options.IAmAliveTablePublishTimeout = Beat;
        options.NumMissedTableIAmAliveLimit = MissedBeats;
        options.TableRefreshTimeout = Reading;
    }
}
